#include "orchestrator/commands/auto_precision.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

fs::path record_in(const fs::path& sweep_folder) { return sweep_folder / "precision.json"; }

fs::path record_of(const Sweep& sweep, const RunStore& store) {
  return record_in(store.root() / "sweeps" / sweep.folder_name());
}

// The precisions that the store has recorded for sweeps of this grid: folders that differ in their hash alone.
std::set<std::string> recorded_precisions(const Sweep& sweep, const RunStore& store) {
  const std::string name = sweep.folder_name(), stem = name.substr(0, name.size() - 8);
  std::set<std::string> recorded;
  const fs::path sweeps = store.root() / "sweeps";
  if (!fs::is_directory(sweeps)) return recorded;
  for (const auto& entry : fs::directory_iterator(sweeps)) {
    const std::string other = entry.path().filename();
    const fs::path file = record_in(entry.path());
    if (other.size() != name.size() || !other.starts_with(stem) || !fs::exists(file)) continue;
    const Json record = read_json(file);
    const std::string precision = record.value("auto", "");
    if (precision != "bf16" && precision != "fp32") {
      throw data_error(file.string(), "write the train.precision of the sweep's runs there",
                       R"("auto" is neither "bf16" nor "fp32")");
    }
    if (record.value("grid", "") == sweep.grid.name) recorded.insert(precision);
  }
  return recorded;
}

bool has_begun(const Sweep& sweep, const RunStore& store) {
  std::vector<std::string> runs;
  for (const Cell& cell : sweep.cells) {
    for (const Run& run : cell.runs) runs.push_back(run.id);
  }
  const std::vector<bool> known = have_folders(store, runs);
  return std::find(known.begin(), known.end(), true) != known.end();
}

// What the cluster's nodes compute; empty where the profile does not say. GPUs compute bf16, unless cells ask for CPUs.
std::string precision_on(const SlurmProfile& profile, const Sweep& sweep) {
  if (!profile.precision.empty()) return profile.precision;
  const bool asks_for_cpus = std::any_of(sweep.cells.begin(), sweep.cells.end(),
                                         [](const Cell& cell) { return cell.setting("run.device") == "cpu"; });
  return profile.gpus > 0 && !asks_for_cpus ? "bf16" : "";
}

}  // namespace

Sweep plan_as_recorded(const Grid& grid, const RunStore& store) {
  Sweep here = plan_sweep(grid);
  if (!here.has_auto_precision) return here;
  const std::set<std::string> recorded = recorded_precisions(here, store);
  for (const std::string& precision : recorded) {
    Sweep sweep = precision == here.auto_precision ? here : plan_sweep(grid, precision);
    sweep.is_precision_recorded = recorded.size() == 1 || fs::exists(record_of(sweep, store));
    if (sweep.is_precision_recorded) return sweep;
  }
  return here;
}

Sweep plan_for_cluster(const Grid& grid, const RunStore& store, const SlurmProfile& profile) {
  Sweep sweep = plan_as_recorded(grid, store);
  if (!sweep.has_auto_precision || sweep.is_precision_recorded || has_begun(sweep, store)) return sweep;
  const std::string precision = precision_on(profile, sweep);
  if (precision.empty()) {
    throw usage_error("train.precision",
                      "write precision: bf16 or precision: fp32 into the profile, or set train.precision in the grid",
                      "is auto, and the profile does not say what the nodes' processors compute");
  }
  return precision == sweep.auto_precision ? sweep : plan_sweep(grid, precision);
}

void record_precision(const Sweep& sweep, const RunStore& store) {
  const fs::path file = record_of(sweep, store);
  if (!sweep.has_auto_precision || fs::exists(file)) return;
  write_json(file, {{"auto", sweep.auto_precision}, {"grid", sweep.grid.name}});
}

}  // namespace pbn
