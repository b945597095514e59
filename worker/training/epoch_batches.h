// Division of an epoch into global batches, and of these into the ranks' micro-batches.
#pragma once

#include <vector>

#include "data/loading/batch_loader.h"
#include "worker/communication/communicator.h"

namespace pbn::worker {

// Batches of `size` people as views of `order`; the last batch has the rest.
std::vector<std::span<const std::int64_t>> global_batches(const std::vector<std::int64_t>& order, int size);

// This rank's micro-batches, `count` for each global batch from the `first` on, in order. The micro-batches of all
// ranks are the same as the shares of `count` times as many ranks.
std::vector<std::vector<std::int64_t>> micro_batches_from(std::int64_t first,
                                                          std::span<const std::span<const std::int64_t>> batches,
                                                          const Communicator& ranks, int count);

// The next `count` batches; empty at the end.
std::vector<data::Batch> next_batches(data::BatchLoader& loader, int count);

}  // namespace pbn::worker
