#include "orchestrator/report/content/curves.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "base/files.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn::report {
namespace {

using ValueByEpoch = std::map<double, double>;

drawing::CurvePoints points_of(const ValueByEpoch& values) {
  drawing::CurvePoints points;
  for (const auto& [epoch, value] : values) points.push_back({epoch, value});
  return points;
}

void add_point(ValueByEpoch& values, const Json& epoch, const Json& value) {
  if (epoch.is_number() && value.is_number()) values[epoch] = value;
}

// Most lines of a long run report progress within an epoch: they are not worth parsing.
bool may_hold_a_point(const std::string& line) {
  return line.find("\"epoch\"") != std::string::npos &&
         (line.find("training_loss") != std::string::npos || line.find("figures") != std::string::npos);
}

std::vector<const grid::Cell*> charted_cells(const grid::Sweep& sweep, std::size_t most) {
  std::vector<const grid::Cell*> cells;
  for (const bool baselines : {true, false}) {
    for (const grid::Cell& cell : sweep.cells) {
      if (cell.is_baseline == baselines && cells.size() < most) cells.push_back(&cell);
    }
  }
  return cells;
}

}  // namespace

RunCurves run_curves(const runs::RunStore& store, const std::string& run, const std::string& metric) {
  std::istringstream lines(read_file_if_there(store.folder(run) / "metrics.jsonl").value_or(""));
  ValueByEpoch losses, validation;
  for (std::string line; std::getline(lines, line);) {
    if (!may_hold_a_point(line)) continue;
    const Json entry = Json::parse(line, nullptr, false);
    const Json &kind = at_path(entry, "kind"), &epoch = at_path(entry, "epoch"), &figures = at_path(entry, "figures");
    if (kind == "epoch") add_point(losses, epoch, at_path(entry, "training_loss"));
    if (kind == "validation" && figures.is_object() && figures.contains(metric)) {
      add_point(validation, epoch, figures[metric]);
    }
  }
  // The worker tests once after the last epoch, and only its result holds those figures.
  if (const auto result = store.result(run)) {
    const auto figure = result->figure(metric);
    if (result->final_epoch && figure) validation[*result->final_epoch] = *figure;
  }
  return {points_of(losses), points_of(validation)};
}

std::vector<CellTrace> curves_of(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& metric,
                                 const std::string& protocol, std::size_t most_cells) {
  std::map<std::string, evaluation::GroundTruth> truths;  // by fingerprint
  std::vector<CellTrace> traces;
  for (const grid::Cell* cell : charted_cells(sweep, most_cells)) {
    const evaluation::GroundTruth* truth = nullptr;
    if (!cell->worker().is_external()) {
      const grid::DataFile& data = cell->validation();
      if (!truths.contains(data.info.fingerprint))
        truths[data.info.fingerprint] = evaluation::ground_truth(data::PoseFile(data.path));
      truth = &truths[data.info.fingerprint];
    }
    CellTrace& trace = traces.emplace_back(CellTrace{cell->id, cell->label, {}});
    for (const grid::Run& run : cell->runs) {
      trace.runs.push_back({run.seed, run_curves(store, run.id, metric), {}});
      const auto predictions = truth ? predictions_of(*cell, run, store, protocol, *truth) : std::nullopt;
      if (predictions) trace.runs.back().thresholds = evaluation::found_by_threshold(*predictions, *truth);
    }
  }
  return traces;
}

}  // namespace pbn::report
