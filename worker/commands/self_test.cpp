#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "worker/commands/commands.h"
#include "worker/commands/kernel_cases.h"
#include "worker/device/torch_settings.h"
#include "worker/training/start_up.h"

namespace pbn::worker {
namespace {

Json to_json(const std::vector<KernelComparison>& comparisons) {
  Json list = Json::array();
  for (const KernelComparison& one : comparisons) {
    list.push_back({{"operation", one.operation},
                    {"shape", one.shape},
                    {"type", one.type},
                    {"worst", one.worst},
                    {"own_error", one.own_error},
                    {"aten_error", one.aten_error},
                    {"allowed", one.allowed},
                    {"own_seconds", one.own_seconds},
                    {"aten_seconds", one.aten_seconds},
                    {"right", one.is_right()}});
  }
  return list;
}

const model::Kernels& own_kernels_of(const Device& device) {
  const model::Kernels& own = device.own_kernels();
  if (&own != &model::aten_kernels) return own;
  throw environment_error("self-test", "", "{} has no own kernels in this build", device.describe());
}

std::vector<KernelComparison> compare_all(const WorkerOptions& options, const Device& device) {
  const bool is_small = options.quick || device.torch().is_cpu();
  const model::Kernels& own = own_kernels_of(device);
  const KernelCaseOptions which{.device = device.torch(),
                                .people = options.people > 0 ? options.people
                                          : is_small         ? 2
                                                             : 16,
                                .quick = options.quick};
  std::vector<KernelComparison> comparisons;
  for (const auto& make : kernel_cases(which, own)) {
    comparisons.push_back(compare_kernels(make(), device, own, device.torch().is_cpu() ? 3 : 11));
  }
  return comparisons;
}

}  // namespace

int self_test(const WorkerOptions& options, const Ranks& ranks) {
  std::vector<KernelComparison> comparisons;
  std::string device_text;
  ranks.together([&] {
    if (ranks.size() > 1) throw usage_error("self-test", "start it without mpirun", "works on one rank");
    const ChosenDevice chosen = device_of_rank(options.given, ranks);
    prepare_torch(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    device_text = chosen.device->describe();
    comparisons = compare_all(options, *chosen.device);
  });
  const auto wrong = std::count_if(comparisons.begin(), comparisons.end(),
                                   [](const KernelComparison& one) { return !one.is_right(); });
  if (options.as_json) {
    fmt::print("{}\n", to_json(comparisons).dump(1));
  } else {
    fmt::print("{}\n\n{}\n{} of {} comparisons are right\n", device_text, table_of(comparisons).to_text(),
               comparisons.size() - static_cast<std::size_t>(wrong), comparisons.size());
  }
  return wrong > 0 ? static_cast<int>(Blame::data) : 0;
}

}  // namespace pbn::worker
