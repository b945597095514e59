#include "orchestrator/runs/sweep_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

bool is_run_folder(const std::string& name) {
  return name.size() == 12 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

CellRuns cell_in(const Json& line) {
  CellRuns cell{text_at(line, "label"), {}};
  for (const Json& run : at_path(line, "runs")) {
    const Json &seed = at_path(run, "seed"), &id = at_path(run, "run");
    if (seed.is_number_unsigned() && id.is_string()) cell.runs.push_back({seed, id});
  }
  return cell;
}

}  // namespace

std::vector<std::string> SweepRuns::ids() const {
  std::vector<std::string> ids;
  for (const CellRuns& cell : cells) {
    for (const grid::Run& run : cell.runs) ids.push_back(run.id);
  }
  return ids;
}

SweepRuns runs_of(const grid::Sweep& sweep) {
  SweepRuns runs{sweep.folder_name(), {}};
  for (const grid::Cell& cell : sweep.cells) {
    const double work = cell.gflop_per_image * static_cast<double>(cell.images);
    runs.cells.push_back({cell.label, cell.runs, work > 0 ? work : 1});
  }
  return runs;
}

std::vector<std::string> recorded_sweeps(const RunStore& store) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& folder : fs::directory_iterator(store.sweeps(), missing)) {
    if (fs::exists(folder.path() / "cells.jsonl")) names.push_back(folder.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

SweepRuns read_sweep_runs(const RunStore& store, const std::string& name) {
  SweepRuns sweep{name, {}};
  for (const Json& line : read_json_lines(store.sweeps() / name / "cells.jsonl")) {
    CellRuns cell = cell_in(line);
    if (!cell.runs.empty()) sweep.cells.push_back(std::move(cell));
  }
  return sweep;
}

std::vector<RunName> names_of(const RunStore& store, const std::string& run) {
  std::vector<RunName> names;
  for (const std::string& sweep : recorded_sweeps(store)) {
    for (const CellRuns& cell : read_sweep_runs(store, sweep).cells) {
      for (const grid::Run& known : cell.runs) {
        if (known.id.starts_with(run)) names.push_back({sweep, fmt::format("{}, seed {}", cell.label, known.seed)});
      }
    }
  }
  return names;
}

std::vector<std::string> runs_in(const RunStore& store) {
  std::vector<std::string> runs;
  std::error_code missing;
  for (const auto& shelf : fs::directory_iterator(store.root() / "runs", missing)) {
    for (const auto& folder : fs::directory_iterator(shelf.path(), missing)) {
      const std::string name = folder.path().filename().string();
      if (is_run_folder(name) && name.starts_with(shelf.path().filename().string())) runs.push_back(name);
    }
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace pbn::runs
