#include "base/host.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace pbn {
namespace {

// The value of the first line of /proc/cpuinfo that starts with `name`.
std::string cpuinfo(const std::string& name) {
  std::ifstream lines("/proc/cpuinfo");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name)) return line.substr(std::min(line.size(), line.find(':') + 2));
  }
  return "";
}

const std::set<std::string>& flags() {
  static const std::set<std::string> all = [] {
    std::istringstream words(cpuinfo("flags"));
    return std::set<std::string>(std::istream_iterator<std::string>(words), {});
  }();
  return all;
}

// The instruction sets of host.h, the widest first: Linux's flag, and the values of ONEDNN_MAX_CPU_ISA that allow it
// and nothing wider.
struct InstructionSet {
  const char *name, *flag;
  std::vector<std::string> limits;
};

const std::vector<InstructionSet>& instruction_sets() {
  static const std::vector<InstructionSet> sets = {
      {"amx", "amx_bf16", {}},
      {"avx512_bf16", "avx512_bf16", {"AVX512_CORE_BF16", "AVX512_CORE_FP16"}},
      {"avx512", "avx512f", {"AVX512_CORE", "AVX512_CORE_VNNI"}},
      {"avx2", "avx2", {"AVX2", "AVX2_VNNI", "AVX2_VNNI_2"}}};
  return sets;
}

double highest_clock() {
  double kilohertz = 0;
  if (std::ifstream("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq") >> kilohertz) return 1e3 * kilohertz;
  return 1e6 * std::atof(cpuinfo("cpu MHz").c_str());
}

}  // namespace

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "?";
}

std::string boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

std::string processor_name() { return cpuinfo("model name"); }

std::string instruction_set() {
  const char* const limit = std::getenv("ONEDNN_MAX_CPU_ISA");
  const auto& sets = instruction_sets();
  const auto limiting = std::ranges::find_if(sets, [&](const InstructionSet& set) {
    return limit && std::ranges::find(set.limits, limit) != set.limits.end();
  });
  const auto widest = std::find_if(limiting == sets.end() ? sets.begin() : limiting, sets.end(),
                                   [](const InstructionSet& set) { return flags().contains(set.flag); });
  return widest == sets.end() ? "baseline" : widest->name;
}

double peak_flops_per_core(bool bf16) {
  constexpr int units = 2, per_multiply_add = 2;
  const std::string set = instruction_set();
  const double lanes = set == "baseline" ? 4 : set == "avx2" ? 8 : 16;                      // of float32 in a vector
  if (bf16 && set == "amx") return highest_clock() * 16 * 16 * 32 / 16 * per_multiply_add;  // a tile takes 16 cycles
  return highest_clock() * units * per_multiply_add * lanes * (bf16 && set == "avx512_bf16" ? 2 : 1);
}

std::vector<int> allowed_processors() {
  std::vector<int> processors;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return processors;
  for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &allowed)) processors.push_back(processor);
  }
  return processors;
}

bool has_bf16() {
  const std::string set = instruction_set();
  return set == "amx" || set == "avx512_bf16";
}

}  // namespace pbn
