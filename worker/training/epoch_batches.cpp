#include "worker/training/epoch_batches.h"

#include <algorithm>

namespace pbn::worker {

std::vector<std::span<const std::int64_t>> global_batches(const std::vector<std::int64_t>& order, int size) {
  std::vector<std::span<const std::int64_t>> batches;
  const std::span<const std::int64_t> all(order);
  for (std::size_t first = 0; first < all.size(); first += static_cast<std::size_t>(size)) {
    batches.push_back(all.subspan(first, std::min(all.size() - first, static_cast<std::size_t>(size))));
  }
  return batches;
}

std::vector<std::vector<std::int64_t>> micro_batches_from(std::int64_t first,
                                                          std::span<const std::span<const std::int64_t>> batches,
                                                          const Communicator& ranks, int count) {
  std::vector<std::vector<std::int64_t>> micro_batches;
  for (const auto& batch : batches.subspan(static_cast<std::size_t>(first))) {
    for (int i = 0; i < count; ++i) {
      const auto share = data::share_of_rank(batch, ranks.rank() * count + i, ranks.size() * count);
      micro_batches.emplace_back(share.begin(), share.end());
    }
  }
  return micro_batches;
}

std::vector<data::Batch> next_batches(data::BatchLoader& loader, int count) {
  std::vector<data::Batch> batches;
  for (int i = 0; i < count; ++i) {
    std::optional<data::Batch> batch = loader.next();
    if (!batch) return {};
    batches.push_back(std::move(*batch));
  }
  return batches;
}

}  // namespace pbn::worker
