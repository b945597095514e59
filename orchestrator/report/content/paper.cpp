#include "orchestrator/report/content/paper.h"

#include <algorithm>

#include "config/test_protocol.h"
#include "orchestrator/grid/strict_yaml.h"
#include "orchestrator/report/statistics/run_results.h"
#include "paper_yaml.h"  // experiments/paper.yaml

namespace pbn {
namespace {

Json setting_of(const Cell& cell, const std::string& name) {
  const Json& value = cell.setting("model." + name);
  return name == "groups" && value.is_array() ? Json(value.size()) : value;
}

bool is_counterpart(const Cell& cell, const Json& wanted) {
  const auto has = [&](const auto& item) { return setting_of(cell, item.key()) == item.value(); };
  for (auto item = wanted.begin(); item != wanted.end(); ++item) {
    if (!has(item)) return false;
  }
  return true;
}

std::vector<std::size_t> counterparts(const Sweep& sweep, const Json& finding) {
  std::vector<std::size_t> cells;
  for (const Json& row : finding["rows"]) {
    if (!row.contains("cell")) continue;
    bool is_there = false;
    for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
      if (!is_counterpart(sweep.cells[i], row["cell"])) continue;
      is_there = true;
      if (std::find(cells.begin(), cells.end(), i) == cells.end()) cells.push_back(i);
    }
    if (!is_there) return {};
  }
  return cells;
}

PaperRow paper_row(const Json& finding, const Json& row) {
  const Json& conditions = finding["conditions"];
  PaperRow published{
      row["name"], true, conditions["data"], conditions["test"], conditions["pixels"], conditions["epochs"], {}, {}};
  for (const Json& value : row["values"]) {
    published.values.push_back(
        value.is_number() ? PaperValue(StatedNumber{value.get<double>(), value.is_number_integer()}) : PaperValue());
  }
  return published;
}

// "pckh50.elbow" of "elbow", where the metric is "pckh50.all16".
std::string figure_under(const std::string& metric, const std::string& figure) {
  return metric.substr(0, metric.find('.') + 1) + figure;
}

PaperValue measured_value(const ReportedCell& cell, const std::string& figure, const std::string& metric,
                          bool is_difference) {
  if (figure == "parameters") return StatedNumber{cell.parameters, true};
  if (figure == "training_loss") return cell.training_loss;
  const std::string name = figure_under(metric, figure);
  if (is_difference) {
    if (!cell.against || !cell.against->figures.contains(name)) return {};
    return cell.against->figures.at(name);
  }
  std::vector<double> values;
  const auto by_seed = cell.figures.find(name);
  if (by_seed != cell.figures.end()) {
    for (const auto& value : by_seed->second) {
      if (value) values.push_back(*value);
    }
  }
  return seed_spread(values, percentage);
}

PaperRow measured_row(const PaperComparison& finding, const Cell& cell, const ReportedCell& outcome,
                      const std::string& metric) {
  const PoseFileInfo& data = cell.validation().info;
  PaperRow row{outcome.label,
               false,
               data.dataset + " " + data.split,
               protocol_of(cell),
               data.box_pixels,
               cell.setting("train.epochs"),
               outcome.runs.size(),
               {}};
  for (const std::string& figure : finding.figures) {
    row.values.push_back(measured_value(outcome, figure, metric, finding.are_differences));
  }
  return row;
}

}  // namespace

const Json& paper_findings() {
  static const Json findings = [] {
    const StrictYaml yaml(paper_yaml, "experiments/paper.yaml");
    return yaml.value(yaml.root(), "experiments/paper.yaml")["findings"];
  }();
  return findings;
}

std::set<std::string> figures_of_the_paper(const std::string& metric) {
  std::set<std::string> names;
  for (const Json& finding : paper_findings()) {
    for (const Json& figure : finding["figures"]) names.insert(figure_under(metric, figure));
  }
  return names;
}

std::vector<PaperComparison> beside_the_paper(const Sweep& sweep, const Report& report) {
  std::vector<PaperComparison> shown;
  if (!report.skeleton) return shown;
  for (const Json& finding : paper_findings()) {
    if (finding.value("skeleton", *report.skeleton) != *report.skeleton) continue;
    const std::vector<std::size_t> cells = counterparts(sweep, finding);
    if (cells.empty()) continue;
    PaperComparison comparison{
        finding["place"], finding["title"], finding.value("differences", false), finding["figures"], {}};
    for (const Json& row : finding["rows"]) comparison.rows.push_back(paper_row(finding, row));
    for (const std::size_t i : cells) {
      comparison.rows.push_back(measured_row(comparison, sweep.cells[i], report.cells[i], report.metric));
    }
    shown.push_back(std::move(comparison));
  }
  return shown;
}

}  // namespace pbn
