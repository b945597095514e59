#include "orchestrator/report/content/paper.h"

#include <algorithm>

#include "config/test_protocol.h"
#include "orchestrator/grid/strict_yaml.h"
#include "orchestrator/report/statistics/run_results.h"
#include "paper_yaml.h"  // experiments/paper.yaml

namespace pbn::report {
namespace {

PaperRow published_row(const Json& row, const Json& conditions) {
  PaperRow published{
      row["name"], true, conditions["data"], conditions["test"], conditions["pixels"], conditions["epochs"], {}, {}};
  for (const Json& value : row["values"]) {
    published.values.push_back(
        value.is_number() ? PaperValue(StatedNumber{value.get<double>(), value.is_number_integer()}) : PaperValue());
  }
  return published;
}

PaperFinding finding_of(const Json& entry) {
  PaperFinding finding{
      {entry["place"], entry["title"], entry.value("differences", false), entry["figures"], {}}, {}, {}};
  if (entry.contains("skeleton")) finding.skeleton = entry["skeleton"];
  for (const Json& row : entry["rows"]) {
    finding.table.rows.push_back(published_row(row, entry["conditions"]));
    if (row.contains("cell")) finding.counterparts.push_back(row["cell"]);
  }
  return finding;
}

bool is_counterpart(const grid::Cell& cell, const Json& model) {
  const auto items = model.items();
  return std::all_of(items.begin(), items.end(), [&](const auto& wanted) {
    const Json& value = cell.setting("model." + wanted.key());
    const bool are_groups = wanted.key() == "groups" && value.is_array();  // wanted is their number
    return are_groups ? wanted.value() == value.size() : wanted.value() == value;
  });
}

// The numbers of the cells, each once; none unless every row that may have a counterpart has one.
std::vector<std::size_t> counterparts(const grid::Sweep& sweep, const PaperFinding& finding) {
  std::vector<std::size_t> cells;
  for (const Json& model : finding.counterparts) {
    bool is_there = false;
    for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
      if (!is_counterpart(sweep.cells[i], model)) continue;
      is_there = true;
      if (std::find(cells.begin(), cells.end(), i) == cells.end()) cells.push_back(i);
    }
    if (!is_there) return {};
  }
  return cells;
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
    const Comparison* const found = cell.against ? entry_of(cell.against->figures, name) : nullptr;
    return found ? PaperValue(*found) : PaperValue();
  }
  const ValuesBySeed* const values = entry_of(cell.figures, name);
  return seed_spread(values ? present(*values) : std::vector<double>(), evaluation::percentage);
}

PaperRow measured_row(const PaperComparison& table, const grid::Cell& cell, const ReportedCell& reported,
                      const std::string& metric) {
  const data::PoseFileInfo& data = cell.validation().info;
  PaperRow row{reported.label,
               false,
               data.dataset + " " + data.split,
               protocol_title_of(cell),
               data.box_pixels,
               cell.setting("train.epochs"),
               reported.runs.size(),
               {}};
  for (const std::string& figure : table.figures) {
    row.values.push_back(measured_value(reported, figure, metric, table.are_differences));
  }
  return row;
}

}  // namespace

const std::vector<PaperFinding>& paper_findings() {
  static const std::vector<PaperFinding> findings = [] {
    const grid::StrictYaml yaml(paper_yaml, "experiments/paper.yaml");
    const Json file = yaml.value(yaml.root(), "experiments/paper.yaml");
    std::vector<PaperFinding> all;
    for (const Json& entry : file["findings"]) all.push_back(finding_of(entry));
    return all;
  }();
  return findings;
}

std::set<std::string> paper_figures(const std::string& metric) {
  std::set<std::string> names;
  for (const PaperFinding& finding : paper_findings()) {
    for (const std::string& figure : finding.table.figures) names.insert(figure_under(metric, figure));
  }
  return names;
}

std::vector<PaperComparison> paper_comparisons(const grid::Sweep& sweep, const Report& report) {
  std::vector<PaperComparison> tables;
  const std::string& skeleton = report.pose->skeleton->name;
  for (const PaperFinding& finding : paper_findings()) {
    if (finding.skeleton.value_or(skeleton) != skeleton) continue;
    const std::vector<std::size_t> cells = counterparts(sweep, finding);
    if (cells.empty()) continue;
    PaperComparison& table = tables.emplace_back(finding.table);
    for (const std::size_t i : cells) {
      table.rows.push_back(measured_row(table, sweep.cells[i], report.cells[i], report.metric));
    }
  }
  return tables;
}

}  // namespace pbn::report
