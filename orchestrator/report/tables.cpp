#include "orchestrator/report/tables.h"

#include <fmt/format.h>

#include <map>

#include "config/skeleton.h"
#include "evaluation/metrics.h"

namespace pbn {
namespace {

std::string percent_text(const Json& figures, const std::string& name) {
  const Json value = figures.value(name, Json());
  return value.is_number() ? fmt::format("{:.1f}", value.get<double>()) : "–";
}

std::string label_of(const Json& cell) {
  return cell["label"].get<std::string>() + (cell["baseline"] ? " (baseline)" : "");
}

std::vector<MetricColumn> part_columns(const Json& aggregate) {
  const std::string metric = aggregate["metric"];
  const Skeleton& skeleton = skeleton_named(aggregate["outcome"]["skeleton"].get<std::string>());
  std::vector<MetricColumn> columns;
  for (const std::string& part : part_figures(skeleton)) {
    if (skeleton.index_of(part) < 0) columns.push_back({part, metric.substr(0, metric.find('.') + 1) + part});
  }
  return columns;
}

// `counts_runs`: figures of cells with missing runs say how many stand behind them.
Table figures_table(const Json& aggregate, const std::vector<MetricColumn>& columns, bool counts_runs) {
  Table table{{"cell"}, {}};
  for (const auto& column : columns) table.columns.push_back(column.title);
  for (const Json& floor : aggregate["outcome"]["floors"]) {
    std::vector<std::string> row{floor["label"]};
    for (const auto& column : columns) row.push_back(percent_text(floor["figures"], column.figure));
    table.rows.push_back(std::move(row));
  }
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    std::vector<std::string> row{label_of(cell)};
    for (const auto& column : columns) {
      row.push_back(spread_text(cell["figures"].value(column.figure, Json()), counts_runs ? cell["runs"].size() : 0));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::string metric_title(const std::string& metric) {
  static const std::map<std::string, std::string> titles{
      {"pckh50", "PCKh@0.5"}, {"pckh10", "PCKh@0.1"}, {"pck20", "PCK@0.2"}, {"pck10", "PCK@0.1"}, {"auc", "AUC"}};
  const auto title = titles.find(metric.substr(0, metric.find('.')));
  return title == titles.end() ? metric : title->second;
}

std::string metric_description(const std::string& metric) {
  static const std::map<std::string, std::string> descriptions{
      {"all16", "all 16 parts pooled"},
      {"all14", "all 14 parts pooled"},
      {"w14", "pooled over all parts but pelvis and thorax"},
      {"un14", "mean over all parts but pelvis and thorax"},
      {"un16", "mean over all 16 parts"},
      {"hard10", "mean over elbows, wrists, hips, knees and ankles"},
      {"upper", "mean over the parts above the waist"},
      {"lower", "mean over the parts below the waist"}};
  const std::string figure = metric.substr(metric.find('.') + 1);
  const auto description = descriptions.find(figure);
  return metric_title(metric) + ", " + (description == descriptions.end() ? figure : description->second);
}

std::string seed_statement() {
  return "The seed varies the initial weights, the order of the training people and their augmentation; the data and "
         "its "
         "split stay the same. Values are means ± standard deviations over the seeds, in percent.";
}

std::string grouped_digits(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), "\u202f");
  }
  return digits;
}

std::vector<MetricColumn> metric_columns(const Json& aggregate) {
  const std::string metric = aggregate["metric"];
  if (!aggregate["occlusion"]) return {{"overall", metric}};
  return {{"overall", metric}, {"visible", metric + "@visible"}, {"occluded", metric + "@occluded"}};
}

std::string spread_text(const Json& spread, std::size_t wanted) {
  const int n = spread.is_object() ? spread.value("n", 0) : 0;
  if (n == 0) return "–";
  const std::string mean = fmt::format("{:.1f}", spread["mean"].get<double>());
  const std::string deviation = n > 1 ? fmt::format(" ± {:.1f}", spread["deviation"].get<double>()) : "";
  return mean + deviation + (static_cast<std::size_t>(n) < wanted ? fmt::format(" ({}/{})", n, wanted) : "");
}

Table results_table(const Json& aggregate) {
  Table table = figures_table(aggregate, metric_columns(aggregate), true);
  table.columns[1] = metric_title(aggregate["metric"]);
  for (const char* title : {"parameters", "GFLOP/image", "images/s"}) table.columns.push_back(title);
  const Json& cells = aggregate["outcome"]["cells"];
  const std::size_t floors = table.rows.size() - cells.size();
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    std::vector<std::string> more{"–", "–", "–"};
    if (row >= floors) {
      const Json& speed = aggregate["measured"]["cells"][row - floors]["images_per_second"];
      more = {grouped_digits(cells[row - floors]["parameters"]),
              fmt::format("{:.2f}", cells[row - floors]["gflop_per_image"].get<double>()),
              speed["n"] == 0 ? "–" : fmt::format("{:.0f}", speed["mean"].get<double>())};
    }
    table.rows[row].insert(table.rows[row].end(), more.begin(), more.end());
  }
  return table;
}

Table parts_table(const Json& aggregate) { return figures_table(aggregate, part_columns(aggregate), false); }

Table missing_runs_table(const Json& aggregate) {
  Table table{{"cell", "seed", "run", "state"}, {}};
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    for (const Json& run : cell["runs"]) {
      if (run["state"] == "completed") continue;
      const std::string reason = run["reason"], state = run["state"];
      table.rows.push_back({cell["label"], run["seed"].dump(), run["run"].get<std::string>().substr(0, 12),
                            reason.empty() ? state : state + ": " + reason});
    }
  }
  return table;
}

std::string markdown_report(const Json& aggregate) {
  std::string text = fmt::format("# {}\n\n{}.\n{}\n\n", aggregate["name"].get<std::string>(),
                                 metric_description(aggregate["metric"]), seed_statement());
  text += results_table(aggregate).to_markdown();
  text += fmt::format("\n## By part ({})\n\n", metric_title(aggregate["metric"]));
  text += parts_table(aggregate).to_markdown();
  if (const Table missing = missing_runs_table(aggregate); !missing.rows.empty()) {
    text += "\n## Runs without a result\n\n" + missing.to_markdown();
  }
  text += "\n## Data\n\n";
  Table data{{"file", "data set", "split", "people", "fingerprint"}, {}};
  for (const Json& file : aggregate["outcome"]["data"]) {
    data.rows.push_back({file["file"], file["dataset"], file["split"], file["people"].dump(), file["fingerprint"]});
  }
  return text + data.to_markdown();
}

}  // namespace pbn
