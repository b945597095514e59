#include "orchestrator/commands/auto_precision.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::commands {
namespace fs = std::filesystem;
namespace {

fs::path record_in(const fs::path& sweep_folder) { return sweep_folder / "precision.json"; }

fs::path record_of(const grid::Sweep& sweep, const runs::RunStore& store) {
  return record_in(store.sweeps() / sweep.folder_name());
}

// The precisions that the store has recorded for sweeps of a grid of this name: folders that differ in their hash
// alone.
std::set<std::string> recorded_precisions(const std::string& grid, const runs::RunStore& store) {
  const std::string stem = grid::stem_of_sweep_folder(grid);
  std::set<std::string> recorded;
  const fs::path sweeps = store.sweeps();
  if (!fs::is_directory(sweeps)) return recorded;
  for (const auto& entry : fs::directory_iterator(sweeps)) {
    const std::string other = entry.path().filename();
    const fs::path file = record_in(entry.path());
    if (other.size() != stem.size() + grid::digits_of_sweep_hash || !other.starts_with(stem) || !fs::exists(file))
      continue;
    const Json record = read_json(file);
    const std::string precision = record.value("auto", "");
    if (precision != "bf16" && precision != "fp32") {
      throw data_error(file.string(), "write the train.precision of the sweep's runs there",
                       R"("auto" is neither "bf16" nor "fp32")");
    }
    if (record.value("grid", "") == grid) recorded.insert(precision);
  }
  return recorded;
}

bool has_begun(const grid::Sweep& sweep, const runs::RunStore& store) {
  const std::vector<bool> known = runs::have_folders(store, runs::runs_of(sweep).ids());
  return std::find(known.begin(), known.end(), true) != known.end();
}

// What the cluster's nodes compute; empty where the profile does not say. GPUs compute bf16, unless cells ask for CPUs.
std::string precision_on(const slurm::SlurmProfile& profile, const grid::Sweep& sweep) {
  if (!profile.precision.empty()) return profile.precision;
  const bool asks_for_cpus = std::any_of(sweep.cells.begin(), sweep.cells.end(),
                                         [](const grid::Cell& cell) { return cell.setting("run.device") == "cpu"; });
  return profile.gpus > 0 && !asks_for_cpus ? "bf16" : "";
}

}  // namespace

grid::Sweep plan_as_recorded(const grid::Grid& grid, const runs::RunStore& store) {
  const std::set<std::string> recorded = recorded_precisions(grid.name, store);
  for (const std::string& precision : recorded) {
    grid::Sweep sweep = grid::plan_sweep(grid, precision);
    if (!sweep.has_auto_precision) return sweep;
    sweep.is_precision_recorded = recorded.size() == 1 || fs::exists(record_of(sweep, store));
    if (sweep.is_precision_recorded) return sweep;
  }
  return grid::plan_sweep(grid);
}

grid::Sweep plan_for_cluster(const grid::Grid& grid, const runs::RunStore& store, const slurm::SlurmProfile& profile) {
  grid::Sweep sweep = plan_as_recorded(grid, store);
  if (!sweep.has_auto_precision || sweep.is_precision_recorded || has_begun(sweep, store)) return sweep;
  const std::string precision = precision_on(profile, sweep);
  if (precision.empty()) {
    throw usage_error("train.precision",
                      "write precision: bf16 or precision: fp32 into the profile, or set train.precision in the grid",
                      "is auto, and the profile does not say what the nodes' processors compute");
  }
  return precision == sweep.auto_precision ? sweep : grid::plan_sweep(grid, precision);
}

void record_precision(const grid::Sweep& sweep, const runs::RunStore& store) {
  const fs::path file = record_of(sweep, store);
  if (!sweep.has_auto_precision || fs::exists(file)) return;
  write_json(file, {{"auto", sweep.auto_precision}, {"grid", sweep.grid.name}});
}

}  // namespace pbn::commands
