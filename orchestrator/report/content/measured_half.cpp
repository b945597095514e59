#include "orchestrator/report/content/measured_half.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace pbn {
namespace {

double number_in(const Json& object, const char* name, double otherwise) {
  const Json& value = at_path(object, name);
  return value.is_number() ? value.get<double>() : otherwise;
}

std::string text_in(const Json& object, const char* name) {
  const Json& value = at_path(object, name);
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "?" : value.dump();
}

// As the CUDA device describes itself (worker/cuda/cuda_device.cpp).
bool is_gpu(const std::string& device) { return device.find("(GPU-") != std::string::npos; }

MeasuredCell measured_of(const Cell& cell, const CellResults& results) {
  std::vector<double> speeds, times;
  MeasuredCell cost;
  for (std::size_t i = 0; i < results.runs.size(); ++i) {
    const RunResult& run = results.runs[i];
    if (!run.has_figures) continue;
    const Json& measured = run.measured;
    const double seconds = number_in(measured, "seconds", 0);
    const double ranks = number_in(measured, "ranks", cell.ranks());
    const std::string device = text_in(measured, "device");
    if (at_path(measured, "images_per_second").is_number()) speeds.push_back(measured["images_per_second"]);
    if (at_path(measured, "seconds").is_number()) times.push_back(seconds);
    if (is_gpu(device)) {
      cost.gpu_hours += seconds * ranks / 3600;
    } else {
      cost.core_hours += seconds * ranks * number_in(measured, "threads", 1) / 3600;
    }
    cost.runs.push_back({cell.runs[i].id, text_in(measured, "host"), device, ranks, number_in(measured, "threads", 1),
                         seconds, std::max(run.facts.attempts, static_cast<int>(number_in(measured, "attempts", 1)))});
  }
  cost.images_per_second = seed_spread(speeds, not_negative);
  cost.seconds = seed_spread(times, not_negative);
  return cost;
}

const char* what_mixing_does(const std::string& name) {
  if (name == "pbn" || name == "build") return "the programs may compute different things";
  if (name == "gpu" || name == "cuda" || name == "cudnn") return "its kernels round differently from one to another";
  if (name == "libtorch") return "its kernels round differently from version to version";
  if (name == "instruction_set") return "the same bits hold on one instruction set only";
  return nullptr;  // others say nothing about the figures
}

std::vector<std::string> warnings_about(const Versions& versions) {
  std::vector<std::string> warnings;
  for (const auto& [name, values] : versions) {
    const char* const why = what_mixing_does(name);
    if (values.size() < 2 || !why) continue;
    std::string list;
    for (const auto& [value, runs] : values) {
      list += fmt::format("{}{} ({} {})", list.empty() ? "" : ", ", value, runs, runs == 1 ? "run" : "runs");
    }
    warnings.push_back(
        fmt::format("{} is mixed: {}. Differences between cells may come from that: {}.", name, list, why));
  }
  return warnings;
}

}  // namespace

Measured measured_half(const Sweep& sweep, const std::vector<CellResults>& results) {
  Measured measured;
  std::set<std::string> machines;
  for (std::size_t i = 0; i < results.size(); ++i) {
    measured.cells.push_back(measured_of(sweep.cells[i], results[i]));
    for (const RunResult& run : results[i].runs) {
      if (!run.has_figures) continue;
      machines.insert(fmt::format("{}, {}, {:g} ranks", text_in(run.measured, "host"), text_in(run.measured, "device"),
                                  number_in(run.measured, "ranks", sweep.cells[i].ranks())));
      for (const auto& [name, value] : run.versions.items())
        ++measured.versions[name][text_in(run.versions, name.c_str())];
    }
  }
  measured.machines.assign(machines.begin(), machines.end());
  measured.warnings = warnings_about(measured.versions);
  return measured;
}

}  // namespace pbn
