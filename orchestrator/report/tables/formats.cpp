#include "orchestrator/report/tables/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "orchestrator/report/tables/escaping.h"

namespace pbn {
namespace {

template <typename Escape>
Table escaped(Table table, Escape escape) {
  for (auto& title : table.columns) title = escape(title);
  for (auto& row : table.rows) {
    for (auto& cell : row) cell = escape(cell);
  }
  return table;
}

std::string markdown_data(const std::vector<DataSource>& data) {
  Table table{{"file", "data set", "split", "people", "pixels", "fingerprint"}, {}};
  for (const DataSource& file : data) {
    table.rows.push_back({file.file, file.dataset, file.split, std::to_string(file.people),
                          std::to_string(file.box_pixels), file.fingerprint.substr(0, 12)});
  }
  return escaped(table, escape_markdown).to_markdown();
}

// The braces keep a first cell that begins with "[" or "*" from being read as an argument of the line break before it.
std::string latex_row(const std::vector<std::string>& cells) {
  return fmt::format("{{}}{} \\\\\n", fmt::join(cells, " & "));
}

std::string latex_table(const ReportTable& table) {
  const Table content = escaped(table.table, escape_latex);
  std::string text = fmt::format(
      "\n\\section*{{{}}}\n{}\n\n\\begin{{longtable}}[l]{{@{{}}l{}@{{}}}}\n\\toprule\n{}\\midrule\n\\endhead\n",
      escape_latex(table.title), escape_latex(table.note), std::string(content.columns.size() - 1, 'r'),
      latex_row(content.columns));
  for (std::size_t row = 0; row < content.rows.size(); ++row) {
    if (row > 0 && row == table.floors) text += "\\midrule\n";
    text += latex_row(content.rows[row]);
  }
  return text + "\\bottomrule\n\\end{longtable}\n";
}

// Shortest digits that read back as the same number; empty where there is none.
template <typename Number>
std::string csv_number(std::optional<Number> value) {
  return value ? Json(*value).dump() : "";
}

std::vector<std::string> interval_fields(const std::optional<Interval>& interval) {
  if (!interval) return {"", ""};
  return {csv_number(std::optional(interval->low)), csv_number(std::optional(interval->high))};
}

void append(std::vector<std::string>& fields, const std::vector<std::string>& more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

template <typename Value>
const Value* entry_in(const std::map<std::string, Value>& entries, const std::string& name) {
  const auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}

std::vector<std::string> difference_fields(const ReportedCell& cell, const std::string& figure) {
  const Comparison* const found = cell.against ? entry_in(cell.against->figures, figure) : nullptr;
  std::vector<std::string> fields{cell.against ? csv_text(cell.against->label) : ""};
  if (!found) fields.resize(11);
  if (!found) return fields;
  append(fields, {std::to_string(found->n), csv_number(found->mean)});
  append(fields, interval_fields(found->interval));
  append(fields, {csv_number(found->p), csv_number(found->holm), csv_number(std::optional(found->least_p))});
  const auto& images = found->images;
  fields.push_back(images ? std::to_string(images->photographs) : "");
  append(fields, interval_fields(images ? std::optional(images->interval) : std::nullopt));
  return fields;
}

std::vector<std::string> cost_fields(const MeasuredCell& cell, const std::string& run) {
  const auto cost = std::find_if(cell.runs.begin(), cell.runs.end(), [&](const auto& of) { return of.run == run; });
  if (cost == cell.runs.end()) return std::vector<std::string>(6);
  return {csv_text(cost->host),
          csv_text(cost->device),
          csv_number(std::optional(cost->ranks)),
          csv_number(std::optional(cost->threads)),
          csv_number(std::optional(cost->seconds)),
          std::to_string(cost->attempts)};
}

std::string csv_row(const std::vector<std::string>& fields) { return fmt::format("{}\r\n", fmt::join(fields, ",")); }

}  // namespace

std::string markdown_report(const Report& report, const std::vector<ReportTable>& tables) {
  std::string text = fmt::format("# {}\n\n{}.\n{}\n", escape_markdown(report.name),
                                 escape_markdown(metric_description(report.metric)), seed_statement(report));
  for (const std::string& warning : report.measured.warnings) {
    text += fmt::format("\n**{}**\n", escape_markdown(warning));
  }
  for (const ReportTable& table : tables) {
    text += fmt::format("\n## {}\n\n", table.title);
    if (!table.note.empty()) text += escape_markdown(table.note) + "\n\n";
    text += escaped(table.table, escape_markdown).to_markdown();
  }
  return report.data.empty() ? text : text + "\n## Data\n\n" + markdown_data(report.data);
}

std::string latex_report(const Report& report, const std::vector<ReportTable>& tables) {
  std::string text = fmt::format(
      "\\documentclass{{article}}\n\\usepackage[a3paper,landscape,margin=15mm]{{geometry}}\n\\usepackage{{booktabs,"
      "longtable}}\n"
      "\\pagestyle{{empty}}\n\\begin{{document}}\n\\small\n\\section*{{{}}}\n{}\n",
      escape_latex(report.name), escape_latex(seed_statement(report)));
  for (const std::string& warning : report.measured.warnings) {
    text += fmt::format("\n\\textbf{{{}}}\n", escape_latex(warning));
  }
  for (const ReportTable& table : tables) text += latex_table(table);
  return text + "\\end{document}\n";
}

std::string cells_csv(const Report& report) {
  std::string text = csv_row({"cell",
                              "label",
                              "baseline",
                              "figure",
                              "n",
                              "seeds",
                              "mean",
                              "deviation",
                              "low",
                              "high",
                              "against",
                              "pairs",
                              "difference",
                              "difference_low",
                              "difference_high",
                              "p",
                              "holm",
                              "least_p",
                              "images",
                              "images_low",
                              "images_high"});
  const std::vector<std::string> figures = report.columns.figures();
  const SeedSpread none;
  for (const ReportedCell& cell : report.cells) {
    for (const std::string& figure : figures) {
      const SeedSpread* const found = entry_in(cell.spreads, figure);
      const SeedSpread& spread = found ? *found : none;
      std::vector<std::string> row{cell.cell.substr(0, 12),         csv_text(cell.label),
                                   cell.is_baseline ? "yes" : "no", csv_text(figure),
                                   std::to_string(spread.n),        std::to_string(cell.runs.size()),
                                   csv_number(spread.mean),         csv_number(spread.deviation)};
      append(row, interval_fields(spread.interval));
      append(row, difference_fields(cell, figure));
      text += csv_row(row);
    }
  }
  return text;
}

std::string runs_csv(const Report& report) {
  const std::vector<std::string> figures = report.columns.figures();
  std::vector<std::string> titles{"cell", "label",  "seed",  "run",     "state",   "reason",
                                  "host", "device", "ranks", "threads", "seconds", "attempts"};
  for (const std::string& figure : figures) titles.push_back(csv_text(figure));
  std::string text = csv_row(titles);
  for (std::size_t c = 0; c < report.cells.size(); ++c) {
    const ReportedCell& cell = report.cells[c];
    for (std::size_t seed = 0; seed < cell.runs.size(); ++seed) {
      const ReportedRun& run = cell.runs[seed];
      std::vector<std::string> row{cell.cell.substr(0, 12), csv_text(cell.label), std::to_string(run.seed),
                                   run.run.substr(0, 12),   csv_text(run.state),  csv_text(run.reason.value_or(""))};
      append(row, cost_fields(report.measured.cells[c], run.run));
      for (const std::string& figure : figures) {
        const auto* const values = entry_in(cell.figures, figure);
        row.push_back(values && seed < values->size() ? csv_number((*values)[seed]) : "");
      }
      text += csv_row(row);
    }
  }
  return text;
}

}  // namespace pbn
