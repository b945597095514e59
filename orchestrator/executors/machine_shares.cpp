#include "orchestrator/executors/machine_shares.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/host.h"

namespace pbn::executors {
namespace {

std::vector<std::string> visible_devices() {
  std::vector<std::string> devices;
  if (const char* given = std::getenv("CUDA_VISIBLE_DEVICES")) {
    std::istringstream list(given);
    for (std::string device; std::getline(list, device, ',');) devices.push_back(device);
    return devices;
  }
  for (int device = 0; std::filesystem::exists(fmt::format("/dev/nvidia{}", device)); ++device) {
    devices.push_back(std::to_string(device));
  }
  return devices;
}

// The number after the word `key` in a file, or the first number if `key` is empty.
std::optional<double> number_in(const std::filesystem::path& file, const std::string& key) {
  std::ifstream text(file);
  for (std::string word; key.empty() || text >> word;) {
    double number = 0;
    if (!key.empty() && word != key) continue;
    return text >> number ? std::optional(number) : std::nullopt;
  }
  return {};
}

constexpr double mib = 1 << 20;

// The memory that this process's control groups (version 2) leave it, in bytes.
std::optional<double> free_in_control_groups() {
  std::ifstream groups("/proc/self/cgroup");
  std::optional<double> least;
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::/")) continue;
    const std::filesystem::path top = "/sys/fs/cgroup";
    for (std::filesystem::path group = line.substr(4);; group = group.parent_path()) {
      const auto limit = number_in(top / group / "memory.max", ""),
                 used = number_in(top / group / "memory.current", "");
      if (limit && used) least = std::min(least.value_or(*limit), std::max(0.0, *limit - *used));
      if (group.empty()) break;
    }
  }
  return least;
}

double available_memory_mib() {
  const double machine = number_in("/proc/meminfo", "MemAvailable:").value_or(0) * 1024 / mib;
  const auto group = free_in_control_groups();
  return group ? std::min(machine, *group / mib) : machine;
}

template <typename T>
std::vector<T> take_first(std::vector<T>& from, std::size_t count) {
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<T> taken(from.begin(), end);
  from.erase(from.begin(), end);
  return taken;
}

template <typename T>
void put_back(std::vector<T>& to, const std::vector<T>& what) {
  to.insert(to.end(), what.begin(), what.end());
  std::sort(to.begin(), to.end());
}

}  // namespace

MachineShare whole_machine() { return {allowed_processors(), visible_devices(), available_memory_mib()}; }

MachineShares::MachineShares(MachineShare whole, int slots)
    : whole_(std::move(whole)), free_(whole_), slots_(slots == 0 && whole_.processors.empty() ? 1 : slots) {}

std::optional<MachineShare> MachineShares::take(const MachineNeeds& needs) {
  if (slots_ > 0 && running_ == slots_) return {};
  const std::size_t processors = slots_ > 0
                                     ? whole_.processors.size() / static_cast<std::size_t>(slots_)
                                     : std::min(static_cast<std::size_t>(needs.processors), whole_.processors.size());
  const std::size_t devices = std::min(static_cast<std::size_t>(needs.devices), whole_.devices.size());
  const double memory = slots_ > 0 || whole_.memory_mib == 0 ? 0 : std::min(needs.memory_mib, whole_.memory_mib);
  if (processors > free_.processors.size() || devices > free_.devices.size() || memory > free_.memory_mib) return {};
  ++running_;
  free_.memory_mib -= memory;
  return MachineShare{take_first(free_.processors, processors), take_first(free_.devices, devices), memory};
}

void MachineShares::give_back(const MachineShare& share) {
  --running_;
  put_back(free_.processors, share.processors);
  put_back(free_.devices, share.devices);
  free_.memory_mib += share.memory_mib;
}

}  // namespace pbn::executors
