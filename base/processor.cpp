#include "base/processor.h"

#include <fstream>
#include <set>
#include <sstream>

namespace pbn {
namespace {

// The text behind the first line of /proc/cpuinfo that starts with `name`.
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
    std::set<std::string> found;
    for (std::string word; words >> word;) found.insert(word);
    return found;
  }();
  return all;
}

}  // namespace

std::string processor_name() { return cpuinfo("model name"); }

std::string instruction_set() {
  if (flags().contains("amx_bf16")) return "amx";
  if (flags().contains("avx512_bf16")) return "avx512_bf16";
  if (flags().contains("avx512f")) return "avx512";
  return flags().contains("avx2") ? "avx2" : "baseline";
}

bool has_bf16() { return flags().contains("amx_bf16") || flags().contains("avx512_bf16"); }

}  // namespace pbn
