#include "orchestrator/report/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/line_chart.h"
#include "orchestrator/report/run_results.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

std::vector<const Cell*> shown_cells(const Sweep& sweep, std::size_t most) {
  std::vector<const Cell*> cells;
  for (const bool baselines : {true, false}) {
    for (const Cell& cell : sweep.cells) {
      if (cell.is_baseline == baselines && cells.size() < most) cells.push_back(&cell);
    }
  }
  return cells;
}

// Other people's workers write what they like, and a broken line is no reason to show nothing.
std::vector<Json> lines_in(const fs::path& metrics) {
  if (!fs::exists(metrics)) return {};
  try {
    return read_json_lines(metrics);
  } catch (const Error&) {
    return {};
  }
}

// [[epoch, value], ...] of lines of this kind. An epoch that was done again after an interruption counts once, as it
// came out at last.
template <typename ValueOf>
Json over_epochs(const std::vector<Json>& lines, const char* kind, ValueOf value_of) {
  std::map<double, double> values;
  for (const Json& line : lines) {
    if (at_path(line, "kind") != kind || !at_path(line, "epoch").is_number()) continue;
    const Json value = value_of(line);
    if (value.is_number()) values[line["epoch"]] = value;
  }
  Json list = Json::array();
  for (const auto& [epoch, value] : values) list.push_back({epoch, value});
  return list;
}

Json training_loss_in(const std::vector<Json>& lines) {
  return over_epochs(lines, "epoch", [](const Json& line) { return at_path(line, "training_loss"); });
}

Json validation_in(const std::vector<Json>& lines, const std::string& metric) {
  return over_epochs(lines, "validation", [&](const Json& line) {
    const Json& figures = at_path(line, "figures");
    return figures.is_object() ? figures.value(metric, Json()) : Json();
  });
}

Json thresholds_of(const Cell& cell, const Run& run, const RunStore& store, const std::string& asked,
                   const GroundTruth* truth) {
  Json list = Json::array();
  if (!truth) return list;
  const auto folder = store.tested(run.id, asked.empty() ? protocol_of(cell) : asked);
  if (!folder || !fs::exists(*folder / "predictions.h5")) return list;
  try {
    return found_by_threshold(read_predictions(*folder / "predictions.h5"), *truth);
  } catch (const Error&) {  // damaged, or of other people: the figures of the run still count
    return list;
  }
}

std::string title_with_seeds(const std::string& label, std::size_t runs) {
  return fmt::format("{} ({} {})", label, runs, runs == 1 ? "seed" : "seeds");
}

// Means over the runs, x by x.
Curve mean_curve(const Json& cell, const char* name) {
  std::map<double, std::pair<double, int>> sums;
  std::size_t runs = 0;
  for (const Json& run : cell["runs"]) {
    const Json& points = run[name];
    runs += !points.empty();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const bool is_pair = points[i].is_array();
      auto& [sum, count] = sums[is_pair ? points[i][0].get<double>() : 0.01 * static_cast<double>(i)];
      sum += is_pair ? points[i][1].get<double>() : points[i].get<double>();
      ++count;
    }
  }
  Curve curve{title_with_seeds(cell["label"], runs), {}};
  for (const auto& [x, sum] : sums) curve.points.push_back({x, sum.first / sum.second});
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
      const std::vector<Json> lines = lines_in(store.folder(run.id) / "metrics.jsonl");
      runs.push_back({{"seed", run.seed},
                      {"training_loss", training_loss_in(lines)},
                      {"validation", validation_in(lines, metric)},
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
