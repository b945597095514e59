#include "orchestrator/report/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "evaluation/statistics.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/line_chart.h"
#include "orchestrator/report/run_curves.h"
#include "orchestrator/report/run_results.h"

namespace pbn {
namespace {

std::vector<const Cell*> shown_cells(const Sweep& sweep, std::size_t most) {
  std::vector<const Cell*> cells;
  for (const bool baselines : {true, false}) {
    for (const Cell& cell : sweep.cells) {
      if (cell.is_baseline == baselines && cells.size() < most) cells.push_back(&cell);
    }
  }
  return cells;
}

Json thresholds_of(const Cell& cell, const Run& run, const RunStore& store, const std::string& asked,
                   const GroundTruth* truth) {
  Json list = Json::array();
  if (!truth) return list;
  const auto file = predictions_file(cell, run, store, asked);
  if (!file) return list;
  try {
    return found_by_threshold(read_predictions(*file), *truth);
  } catch (const Error&) {  // damaged, or of other people: the figures of the run still count
    return list;
  }
}

std::string title_with_seeds(const std::string& label, std::size_t runs) {
  return fmt::format("{} ({} {})", label, runs, runs == 1 ? "seed" : "seeds");
}

// Means over the runs, x by x.
Curve mean_curve(const Json& cell, const char* name) {
  std::map<double, std::vector<double>> values;
  std::size_t runs = 0;
  for (const Json& run : cell["runs"]) {
    const Json& points = run[name];
    runs += !points.empty();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const bool is_pair = points[i].is_array();
      const double x = is_pair ? points[i][0].get<double>() : 0.01 * static_cast<double>(i);
      values[x].push_back(is_pair ? points[i][1] : points[i]);
    }
  }
  Curve curve{title_with_seeds(cell["label"], runs), {}};
  for (const auto& [x, of_runs] : values) curve.points.push_back({x, spread_of(of_runs).mean});
  return curve;
}

std::string figure_of(const Json& aggregate, const char* name, const std::string& title, const std::string& x_title) {
  LineChart chart{title, x_title, {}};
  for (const Json& cell : aggregate["outcome"]["curves"]) chart.curves.push_back(mean_curve(cell, name));
  return line_chart(chart);
}

}  // namespace

Json curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric, const std::string& protocol,
               std::size_t most_cells) {
  std::map<std::string, GroundTruth> truths;  // by fingerprint
  Json curves = Json::array();
  for (const Cell* cell : shown_cells(sweep, most_cells)) {
    const GroundTruth* truth = nullptr;
    if (!cell->worker().is_own()) {
      const DataFile& data = cell->validation();
      if (!truths.contains(data.info.fingerprint)) truths[data.info.fingerprint] = ground_truth(PoseFile(data.path));
      truth = &truths[data.info.fingerprint];
    }
    Json runs = Json::array();
    for (const Run& run : cell->runs) {
      const RunCurves curves_of_run = run_curves(store, run.id, metric);
      runs.push_back({{"seed", run.seed},
                      {"training_loss", curves_of_run.training_loss},
                      {"validation", curves_of_run.validation},
                      {"thresholds", thresholds_of(*cell, run, store, protocol, truth)}});
    }
    curves.push_back({{"cell", cell->id}, {"label", cell->label}, {"runs", runs}});
  }
  return curves;
}

std::string training_figure(const Json& aggregate) {
  return figure_of(aggregate, "training_loss", "Training loss over the epochs", "epoch");
}

std::string validation_figure(const Json& aggregate) {
  return figure_of(aggregate, "validation",
                   metric_title(aggregate["metric"]) + " on the validation set over the epochs", "epoch");
}

std::string threshold_figure(const Json& aggregate) {
  return figure_of(aggregate, "thresholds", "Joints found over the threshold, %", "threshold, in reference lengths");
}

}  // namespace pbn
