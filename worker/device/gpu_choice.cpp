#include "worker/device/gpu_choice.h"

#include <fmt/ranges.h>

#include <map>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace pbn::worker {

std::size_t index_of_gpu(int local_rank, std::size_t visible_gpus) {
  return static_cast<std::size_t>(local_rank) % visible_gpus;
}

std::vector<std::vector<int>> ranks_on_shared_gpus(const std::vector<GpuPlace>& of_ranks) {
  std::map<std::pair<std::string, std::string>, std::vector<int>> ranks_of;
  for (std::size_t rank = 0; rank < of_ranks.size(); ++rank) {
    const auto& [host, uuid] = of_ranks[rank];
    if (!uuid.empty()) ranks_of[{host, uuid}].push_back(static_cast<int>(rank));
  }
  std::vector<std::vector<int>> shared;
  for (auto& [place, ranks] : ranks_of) {
    if (ranks.size() > 1) shared.push_back(std::move(ranks));
  }
  return shared;
}

void require_own_gpus(const std::vector<GpuPlace>& of_ranks) {
  const auto shared = ranks_on_shared_gpus(of_ranks);
  if (shared.empty()) return;
  const std::vector<int>& ranks = shared.front();
  const GpuPlace& place = of_ranks[static_cast<std::size_t>(ranks.front())];
  throw usage_error("run.oversubscribe_devices",
                    "start as many ranks on a host as it has GPUs (with Slurm: --gpus-per-task=1), or let ranks share "
                    "with --run.oversubscribe_devices true",
                    "ranks {} on {} have the same GPU, {}", fmt::join(ranks, ", "), place.host, place.uuid);
}

GpuSums sums_between(const std::vector<GpuPlace>& of_ranks, const std::string& wanted) {
  if (wanted == "mpi" || wanted == "shared") {
    throw usage_error("run.communicator", "use auto", "{} works in host memory, but the device is a GPU", wanted);
  }
  if (of_ranks.size() == 1) return GpuSums::none;
  if (ranks_on_shared_gpus(of_ranks).empty()) return GpuSums::nccl;
  if (wanted == "nccl") {
    throw usage_error("run.communicator", "use auto, which sums through host memory",
                      "nccl does not sum between ranks that share a GPU");
  }
  return GpuSums::staged;
}

bool names_a_gpu(const char* visible_devices) {
  const std::string_view value = visible_devices ? visible_devices : "";
  return !value.empty() && value != "-1" && value != "NoDevFiles";
}

}  // namespace pbn::worker
