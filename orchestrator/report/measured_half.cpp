#include "orchestrator/report/measured_half.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "orchestrator/report/spread_json.h"

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

Json measured_of(const Cell& cell, const CellResults& results) {
  std::vector<double> speeds, times;
  double core_hours = 0, gpu_hours = 0;
  Json runs = Json::array();
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
      gpu_hours += seconds * ranks / 3600;
    } else {
      core_hours += seconds * ranks * number_in(measured, "threads", 1) / 3600;
    }
    runs.push_back({{"run", cell.runs[i].id},
                    {"host", text_in(measured, "host")},
                    {"device", device},
                    {"ranks", ranks},
                    {"threads", number_in(measured, "threads", 1)},
                    {"seconds", seconds},
                    {"attempts", std::max(run.facts.attempts, static_cast<int>(number_in(measured, "attempts", 1)))}});
  }
  return {{"images_per_second", spread_json(speeds, not_negative)},
          {"seconds", spread_json(times, not_negative)},
          {"core_hours", core_hours},
          {"gpu_hours", gpu_hours},
          {"runs", std::move(runs)}};
}

// {"libtorch": {"2.4": 3, "2.5": 1}}: how many runs were made with which.
using Versions = std::map<std::string, std::map<std::string, int>>;

const char* what_mixing_does(const std::string& name) {
  if (name == "pbn" || name == "build") return "the programs may compute different things";
  if (name == "gpu" || name == "cuda" || name == "cudnn") return "its kernels round differently from one to another";
  if (name == "libtorch") return "its kernels round differently from version to version";
  if (name == "instruction_set") return "the same bits hold on one instruction set only";
  return nullptr;  // others say nothing about the figures
}

Json to_json(const Versions& versions) {
  Json list = Json::array();
  for (const auto& [name, values] : versions) {
    Json counted = Json::array();
    for (const auto& [value, runs] : values) counted.push_back({{"value", value}, {"runs", runs}});
    list.push_back({{"name", name}, {"values", counted}});
  }
  return list;
}

Json warnings_about(const Versions& versions) {
  Json warnings = Json::array();
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

Json measured_half(const Sweep& sweep, const std::vector<CellResults>& results) {
  Json cells = Json::array();
  std::set<std::string> machines;
  Versions versions;
  for (std::size_t i = 0; i < results.size(); ++i) {
    cells.push_back(measured_of(sweep.cells[i], results[i]));
    for (const RunResult& run : results[i].runs) {
      if (!run.has_figures) continue;
      machines.insert(fmt::format("{}, {}, {:g} ranks", text_in(run.measured, "host"), text_in(run.measured, "device"),
                                  number_in(run.measured, "ranks", sweep.cells[i].ranks())));
      for (const auto& [name, value] : run.versions.items()) ++versions[name][text_in(run.versions, name.c_str())];
    }
  }
  return {{"cells", std::move(cells)},
          {"machines", machines},
          {"versions", to_json(versions)},
          {"warnings", warnings_about(versions)}};
}

}  // namespace pbn
