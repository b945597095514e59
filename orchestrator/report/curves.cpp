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

std::vector<double> thresholds_of(const Cell& cell, const Run& run, const RunStore& store, const std::string& asked,
                                  const GroundTruth* truth) {
  if (!truth) return {};
  const auto file = predictions_file(cell, run, store, asked);
  if (!file) return {};
  try {
    return found_by_threshold(read_predictions(*file), *truth);
  } catch (const Error&) {  // damaged, or of other people: the figures of the run still count
    return {};
  }
}

std::string title_with_seeds(const std::string& label, std::size_t runs) {
  return fmt::format("{} ({} {})", label, runs, runs == 1 ? "seed" : "seeds");
}

CurvePoints threshold_points(const RunTrace& run) {
  CurvePoints points;
  for (std::size_t i = 0; i < run.thresholds.size(); ++i) {
    points.push_back({0.01 * static_cast<double>(i), run.thresholds[i]});
  }
  return points;
}

// Means over the runs, x by x.
template <typename PointsOf>
Curve mean_curve(const CellTrace& cell, PointsOf points_of) {
  std::map<double, std::vector<double>> values;
  std::size_t runs = 0;
  for (const RunTrace& run : cell.runs) {
    const CurvePoints points = points_of(run);
    runs += !points.empty();
    for (const auto& [x, y] : points) values[x].push_back(y);
  }
  Curve curve{title_with_seeds(cell.label, runs), {}};
  for (const auto& [x, of_runs] : values) curve.points.push_back({x, spread_of(of_runs).mean});
  return curve;
}

template <typename PointsOf>
std::string figure_of(const Report& report, const std::string& title, const std::string& x_title, PointsOf points_of) {
  LineChart chart{title, x_title, {}};
  for (const CellTrace& cell : report.curves) chart.curves.push_back(mean_curve(cell, points_of));
  return line_chart(chart);
}

}  // namespace

std::vector<CellTrace> curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric,
                                 const std::string& protocol, std::size_t most_cells) {
  std::map<std::string, GroundTruth> truths;  // by fingerprint
  std::vector<CellTrace> curves;
  for (const Cell* cell : shown_cells(sweep, most_cells)) {
    const GroundTruth* truth = nullptr;
    if (!cell->worker().is_own()) {
      const DataFile& data = cell->validation();
      if (!truths.contains(data.info.fingerprint)) truths[data.info.fingerprint] = ground_truth(PoseFile(data.path));
      truth = &truths[data.info.fingerprint];
    }
    CellTrace progress{cell->id, cell->label, {}};
    for (const Run& run : cell->runs) {
      progress.runs.push_back(
          {run.seed, run_curves(store, run.id, metric), thresholds_of(*cell, run, store, protocol, truth)});
    }
    curves.push_back(std::move(progress));
  }
  return curves;
}

std::string training_figure(const Report& report) {
  return figure_of(report, "Training loss over the epochs", "epoch",
                   [](const RunTrace& run) { return run.curves.training_loss; });
}

std::string validation_figure(const Report& report) {
  return figure_of(report, metric_title(report.metric) + " on the validation set over the epochs", "epoch",
                   [](const RunTrace& run) { return run.curves.validation; });
}

std::string threshold_figure(const Report& report) {
  return figure_of(report, "Joints found over the threshold, %", "threshold, in reference lengths", threshold_points);
}

}  // namespace pbn
