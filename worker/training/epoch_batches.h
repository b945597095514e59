// How an epoch is divided: global batches of all ranks, and each rank's micro-batches of them.
#pragma once

#include <vector>

#include "data/loading/batch_loader.h"
#include "worker/communication/communicator.h"

namespace pbn {

// The last one has what is left. Views of the order.
std::vector<std::span<const std::int64_t>> global_batches(const std::vector<std::int64_t>& order, int size);

// This rank's share of each batch from the `first` on, `count` micro-batches of each, one behind the other: those of
// all ranks are the shares of so many more ranks.
std::vector<std::vector<std::int64_t>> micro_batches_from(std::int64_t first,
                                                          std::span<const std::span<const std::int64_t>> batches,
                                                          const Communicator& ranks, int count);

// The next `count` batches; none at the end.
std::vector<Batch> next_batches(BatchLoader& loader, int count);

}  // namespace pbn
