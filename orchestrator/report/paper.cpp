#include "orchestrator/report/paper.h"

#include <algorithm>

#include "config/test_protocol.h"
#include "orchestrator/grid/strict_yaml.h"
#include "orchestrator/report/run_results.h"
#include "orchestrator/report/spread_json.h"
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

Json paper_row(const Json& finding, const Json& row) {
  const Json& conditions = finding["conditions"];
  Json values = Json::array();
  for (const Json& value : row["values"]) {
    values.push_back(value.is_number() ? Json{{"n", 1}, {"mean", value}} : Json());
  }
  return {{"label", row["name"]},
          {"source", "paper"},
          {"data", conditions["data"]},
          {"pixels", conditions["pixels"]},
          {"epochs", conditions["epochs"]},
          {"test", conditions["test"]},
          {"values", values}};
}

// "pckh50.elbow" of "elbow", where the metric is "pckh50.all16".
std::string figure_under(const std::string& metric, const std::string& figure) {
  return metric.substr(0, metric.find('.') + 1) + figure;
}

Json measured_value(const Json& cell, const std::string& figure, const std::string& metric, bool differences) {
  if (figure == "parameters") return {{"n", 1}, {"mean", cell["parameters"]}};
  if (figure == "training_loss") return cell["training_loss"];
  const std::string name = figure_under(metric, figure);
  if (differences) return cell.contains("against") ? cell["against"]["figures"].value(name, Json()) : Json();
  std::vector<double> values;
  for (const Json& value : cell["figures"].value(name, Json::array())) {
    if (value.is_number()) values.push_back(value);
  }
  return spread_json(values, percentage);
}

Json measured_row(const Json& finding, const Cell& cell, const Json& outcome, const std::string& metric) {
  Json values = Json::array();
  for (const Json& figure : finding["figures"]) {
    values.push_back(measured_value(outcome, figure, metric, finding.value("differences", false)));
  }
  const PoseFileInfo& data = cell.validation().info;
  return {{"label", outcome["label"]},
          {"source", "measured here"},
          {"data", data.dataset + " " + data.split},
          {"pixels", data.box_pixels},
          {"epochs", cell.setting("train.epochs")},
          {"test", protocol_of(cell)},
          {"seeds", outcome["runs"].size()},
          {"values", values}};
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

Json beside_the_paper(const Sweep& sweep, const Json& outcome, const std::string& metric) {
  Json shown = Json::array();
  if (sweep.cells.front().worker().is_own()) return shown;
  for (const Json& finding : paper_findings()) {
    if (finding.value("skeleton", outcome["skeleton"]) != outcome["skeleton"]) continue;
    const std::vector<std::size_t> cells = counterparts(sweep, finding);
    if (cells.empty()) continue;
    Json rows = Json::array();
    for (const Json& row : finding["rows"]) rows.push_back(paper_row(finding, row));
    for (const std::size_t i : cells)
      rows.push_back(measured_row(finding, sweep.cells[i], outcome["cells"][i], metric));
    shown.push_back({{"place", finding["place"]},
                     {"title", finding["title"]},
                     {"differences", finding.value("differences", false)},
                     {"figures", finding["figures"]},
                     {"rows", rows}});
  }
  return shown;
}

}  // namespace pbn
