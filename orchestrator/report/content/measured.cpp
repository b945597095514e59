#include "orchestrator/report/content/measured.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "base/counted.h"

namespace pbn::report {
namespace {

// A CUDA device describes itself with its UUID: "NAME (GPU-0123...)" (worker/cuda/cuda_device.cpp).
bool is_gpu(const std::string& device) { return device.find("(GPU-") != std::string::npos; }

MeasuredCell measured_cell(const CellResults& results) {
  std::vector<double> speeds, times;
  MeasuredCell cell;
  for (const RunResult& result : results.runs) {
    if (!result.measured) continue;
    const MeasuredRun& run = *result.measured;
    const double rank_seconds = run.seconds.value_or(0) * run.ranks;
    if (run.images_per_second) speeds.push_back(*run.images_per_second);
    if (run.seconds) times.push_back(*run.seconds);
    if (is_gpu(run.device)) {
      cell.gpu_hours += rank_seconds / 3600;
    } else {
      cell.core_hours += rank_seconds * run.threads / 3600;
    }
    cell.runs.push_back(run);
  }
  cell.images_per_second = seed_spread(speeds, evaluation::not_negative);
  cell.seconds = seed_spread(times, evaluation::not_negative);
  return cell;
}

// "node7, AMD EPYC, 2 ranks"
std::string machine_of(const MeasuredRun& run) {
  std::vector<std::string> words;
  for (const std::string& word : {run.host, run.device}) {
    if (!word.empty()) words.push_back(word);
  }
  words.push_back(fmt::format("{:g} {}", run.ranks, run.ranks == 1 ? "rank" : "ranks"));
  return fmt::format("{}", fmt::join(words, ", "));
}

// How different versions of a program can change figures; nullptr where they cannot.
const char* effect_of_mixing(const std::string& name) {
  if (name == "pbn" || name == "build") return "the programs may compute different things";
  if (name == "gpu" || name == "cuda" || name == "cudnn") return "its kernels round differently from one to another";
  if (name == "libtorch") return "its kernels round differently from version to version";
  if (name == "instruction_set") return "the same bits hold on one instruction set only";
  return nullptr;
}

// Whether runs of one seed, which the differences compare, have different values of this version.
bool differs_within_a_seed(const std::vector<CellResults>& results, const std::string& name) {
  std::map<std::size_t, std::string> of_seed;  // by the place of the seed
  for (const CellResults& cell : results) {
    for (std::size_t seed = 0; seed < cell.runs.size(); ++seed) {
      const auto version = cell.runs[seed].versions.find(name);
      if (version == cell.runs[seed].versions.end()) continue;
      if (of_seed.emplace(seed, version->second).first->second != version->second) return true;
    }
  }
  return false;
}

std::vector<std::string> warnings_about(const Versions& versions, const std::vector<CellResults>& results) {
  std::vector<std::string> warnings;
  for (const auto& [name, values] : versions) {
    const char* const effect = effect_of_mixing(name);
    if (values.size() < 2 || !effect) continue;
    std::vector<std::string> list;
    for (const auto& [value, runs] : values) list.push_back(fmt::format("{} ({})", value, counted(runs, "run")));
    warnings.push_back(
        fmt::format("{} is mixed: {}. {}: {}.", name, fmt::join(list, ", "),
                    differs_within_a_seed(results, name)
                        ? "Differences between cells may come from that"
                        : "All runs of a seed have the same, so that paired differences do not come from that",
                    effect));
  }
  return warnings;
}

}  // namespace

Measured measured_of(const std::vector<CellResults>& results) {
  Measured measured;
  std::set<std::string> machines;
  for (const CellResults& cell : results) {
    measured.cells.push_back(measured_cell(cell));
    for (const MeasuredRun& run : measured.cells.back().runs) {
      if (!run.host.empty() || !run.device.empty()) machines.insert(machine_of(run));
    }
    for (const RunResult& run : cell.runs) {
      for (const auto& [name, version] : run.versions) ++measured.versions[name][version];
    }
  }
  measured.machines.assign(machines.begin(), machines.end());
  measured.warnings = warnings_about(measured.versions, results);
  return measured;
}

}  // namespace pbn::report
