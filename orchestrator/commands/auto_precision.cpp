#include "orchestrator/commands/auto_precision.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr const char* precision_file = "precision.json";

// By the sweep's folder, of all sweeps of this grid's name.
std::map<std::string, std::string> recorded_precisions(const std::string& grid, const RunStore& store) {
  std::map<std::string, std::string> recorded;
  const fs::path sweeps = store.root() / "sweeps";
  if (!fs::is_directory(sweeps)) return recorded;
  for (const auto& entry : fs::directory_iterator(sweeps)) {
    const fs::path file = entry.path() / precision_file;
    if (!fs::exists(file)) continue;
    const Json record = read_json(file);
    const std::string precision = record.value("auto", "");
    if (precision != "bf16" && precision != "fp32") {
      throw data_error(file.string(), "", "does not say bf16 or fp32");
    }
    if (record.value("grid", "") == grid) recorded[entry.path().filename()] = precision;
  }
  return recorded;
}

bool is_begun(const Sweep& sweep, const RunStore& store) {
  std::vector<std::string> runs;
  for (const Cell& cell : sweep.cells) {
    for (const Run& run : cell.runs) runs.push_back(run.id);
  }
  const std::vector<bool> known = have_folders(store, runs);
  return std::find(known.begin(), known.end(), true) != known.end();
}

// Empty where the profile does not tell. GPUs compute bf16, but the sweep may ask for the nodes' processors.
std::string precision_on(const SlurmProfile& profile, const Sweep& sweep) {
  if (!profile.precision.empty()) return profile.precision;
  const bool asks_for_processors = std::any_of(sweep.cells.begin(), sweep.cells.end(),
                                               [](const Cell& cell) { return cell.setting("run.device") == "cpu"; });
  return profile.gpus > 0 && !asks_for_processors ? "bf16" : "";
}

}  // namespace

Sweep plan_as_recorded(const Grid& grid, const RunStore& store) {
  Sweep here = plan_sweep(grid);
  const auto recorded = recorded_precisions(grid.name, store);
  if (!here.has_auto_precision || recorded.empty()) return here;
  std::set<std::string> precisions;
  for (const auto& [folder, precision] : recorded) precisions.insert(precision);
  for (const std::string& precision : precisions) {
    Sweep sweep = precision == here.auto_precision ? here : plan_sweep(grid, precision);
    const auto record = recorded.find(sweep.folder_name());
    sweep.is_precision_recorded = true;
    if (precisions.size() == 1 || (record != recorded.end() && record->second == precision)) return sweep;
  }
  return here;
}

Sweep plan_for_cluster(const Grid& grid, const RunStore& store, const SlurmProfile& profile) {
  Sweep sweep = plan_as_recorded(grid, store);
  if (!sweep.has_auto_precision || sweep.is_precision_recorded || is_begun(sweep, store)) return sweep;
  const std::string precision = precision_on(profile, sweep);
  if (precision.empty()) {
    throw usage_error("train.precision",
                      "write precision: bf16 or precision: fp32 into the profile, or set train.precision in the grid",
                      "is auto, and nothing says what the nodes' processors compute");
  }
  return precision == sweep.auto_precision ? sweep : plan_sweep(grid, precision);
}

void record_precision(const Sweep& sweep, const RunStore& store) {
  const fs::path file = store.root() / "sweeps" / sweep.folder_name() / precision_file;
  if (!sweep.has_auto_precision || fs::exists(file)) return;
  write_json(file, {{"auto", sweep.auto_precision}, {"grid", sweep.grid.name}});
}

}  // namespace pbn
