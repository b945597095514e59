#include "orchestrator/report/tables/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "orchestrator/report/content/verdicts.h"
#include "orchestrator/report/tables/escaping.h"

namespace pbn::report {
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

// The leading braces keep LaTeX from reading a first cell that begins with "[" or "*" as an argument of the \\ before
// it.
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

// Fields of one line of CSV.
class CsvRow {
 public:
  CsvRow& text(std::string_view value) { return add(csv_text(value)); }

  CsvRow& count(std::size_t value) { return add(std::to_string(value)); }

  // The shortest digits that read back as the same number, as in aggregate.json; empty without a value and where it is
  // infinite.
  CsvRow& number(std::optional<double> value) { return add(value && std::isfinite(*value) ? Json(*value).dump() : ""); }

  // A text as it is, a list as JSON.
  CsvRow& setting(const Json& value) {
    if (value.is_string()) return text(value.get<std::string>());
    return value.is_primitive() ? add(value.dump()) : text(value.dump());
  }

  CsvRow& interval(const std::optional<evaluation::Interval>& value) {
    return number(value ? std::optional(value->low) : std::nullopt)
        .number(value ? std::optional(value->high) : std::nullopt);
  }

  CsvRow& skip(std::size_t fields) {
    fields_.resize(fields_.size() + fields);
    return *this;
  }

  std::string line() const { return fmt::format("{}\r\n", fmt::join(fields_, ",")); }

 private:
  CsvRow& add(std::string field) {
    fields_.push_back(std::move(field));
    return *this;
  }

  std::vector<std::string> fields_;
};

void add_difference(CsvRow& row, const ReportedCell& cell, const std::string& figure) {
  row.text(cell.against ? cell.against->label : "");
  const Comparison* const found = cell.against ? entry_of(cell.against->figures, figure) : nullptr;
  if (!found) {
    row.skip(10);
    return;
  }
  row.count(static_cast<std::size_t>(found->n)).number(found->mean).interval(found->interval);
  row.number(found->p).number(found->holm).number(found->least_p);
  if (!found->images) {
    row.skip(3);
    return;
  }
  row.count(found->images->photographs).interval(found->images->interval);
}

// What the result does not say is known from the attempts, also of a run without a result.
void add_cost(CsvRow& row, const MeasuredCell& cell, const ReportedRun& run) {
  const auto cost = std::ranges::find(cell.runs, run.run, &MeasuredRun::run);
  if (cost == cell.runs.end()) {
    row.text(run.work.host).skip(3).number(run.work.seconds).skip(1);
    return;
  }
  row.text(cost->host).text(cost->device).number(cost->ranks).number(cost->threads).number(cost->seconds);
  row.count(static_cast<std::size_t>(cost->attempts));
}

// The columns of settings, by name. A cell that does not use a setting leaves its column empty.
std::vector<std::string> settings_that_differ(const Report& report) {
  std::set<std::string> paths;
  for (const ReportedCell& cell : report.cells) {
    for (const auto& setting : cell.settings.items()) paths.insert(setting.key());
  }
  return {paths.begin(), paths.end()};
}

void add_settings(CsvRow& row, const ReportedCell& cell, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const auto setting = cell.settings.find(path);
    setting == cell.settings.end() ? row.skip(1) : row.setting(*setting);
  }
}

// All figures that were read (statistics/run_results.h): those that the tables show come first.
std::vector<std::string> all_figures(const Report& report) {
  std::vector<std::string> figures = report.columns.figures();
  std::set<std::string> others;
  for (const ReportedCell& cell : report.cells) {
    for (const auto* list : {&cell.figures, &cell.others}) {
      for (const auto& [name, values] : *list) others.insert(name);
    }
  }
  for (const std::string& shown : figures) others.erase(shown);
  figures.insert(figures.end(), others.begin(), others.end());
  return figures;
}

const ValuesBySeed* values_of(const ReportedCell& cell, const std::string& figure) {
  const ValuesBySeed* const values = entry_of(cell.figures, figure);
  return values ? values : entry_of(cell.others, figure);
}

SeedSpread spread_of(const Report& report, const ReportedCell& cell, const std::string& figure) {
  if (const SeedSpread* const spread = entry_of(cell.spreads, figure)) return *spread;
  const ValuesBySeed* const values = values_of(cell, figure);
  if (!values) return {};
  return seed_spread(present(*values), report.is_percent ? evaluation::percentage : evaluation::unbounded);
}

// The line of titles. A figure with the name of a column before it is called "figure.NAME", so that all are different.
std::string titles_of(const std::string& fixed, const std::vector<std::string>& settings,
                      const std::vector<std::string>& figures = {}) {
  std::istringstream words(fixed);
  std::vector<std::string> titles(std::istream_iterator<std::string>{words}, std::istream_iterator<std::string>{});
  titles.insert(titles.end(), settings.begin(), settings.end());
  const std::set<std::string> taken(titles.begin(), titles.end());
  for (const std::string& figure : figures) titles.push_back(taken.contains(figure) ? "figure." + figure : figure);
  CsvRow row;
  for (const std::string& title : titles) row.text(title);
  return row.line();
}

}  // namespace

std::string markdown_report(const Report& report, const std::vector<ReportTable>& tables) {
  const std::string protocol = report.protocol.empty() ? "" : fmt::format(" Tested under {}.", report.protocol);
  std::string text =
      fmt::format("# {}\n\n{}.{}\n{}\n", escape_markdown(report.name), escape_markdown(report.words.metric_in_full),
                  escape_markdown(protocol), seed_statement(report));
  for (const std::string& warning : report.measured.warnings) {
    text += fmt::format("\n**{}**\n", escape_markdown(warning));
  }
  const std::vector<std::string> verdicts = verdict_sentences(report);
  if (!verdicts.empty()) text += fmt::format("\n## Verdict\n\n{}\n\n", escape_markdown(verdict_note(report)));
  for (const std::string& sentence : verdicts) text += fmt::format("- {}\n", escape_markdown(sentence));
  for (const ReportTable& table : tables) {
    text += fmt::format("\n## {}\n\n", table.title);
    if (!table.note.empty()) text += escape_markdown(table.note) + "\n\n";
    text += escaped(table.table, escape_markdown).to_markdown();
  }
  return report.pose ? text + "\n## Data\n\n" + markdown_data(report.pose->data) : text;
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
  for (const std::string& sentence : verdict_sentences(report)) text += fmt::format("\n{}\n", escape_latex(sentence));
  for (const ReportTable& table : tables) text += latex_table(table);
  return text + "\\end{document}\n";
}

std::string cells_csv(const Report& report) {
  // The spreads of all figures of pbn_worker would take longer than the rest of a large report.
  const std::vector<std::string> figures = report.pose ? report.columns.figures() : all_figures(report);
  const std::vector<std::string> settings = settings_that_differ(report);
  std::string text = titles_of(
      "cell label baseline figure n seeds mean deviation low high against pairs difference difference_low "
      "difference_high p holm least_p images images_low images_high",
      settings);
  for (const ReportedCell& cell : report.cells) {
    for (const std::string& figure : figures) {
      const SeedSpread spread = spread_of(report, cell, figure);
      CsvRow row;
      row.text(cell.cell.substr(0, 12)).text(cell.label).text(cell.is_baseline ? "yes" : "no").text(figure);
      row.count(static_cast<std::size_t>(spread.n)).count(cell.runs.size());
      row.number(spread.mean).number(spread.deviation).interval(spread.interval);
      add_difference(row, cell, figure);
      add_settings(row, cell, settings);
      text += row.line();
    }
  }
  return text;
}

std::string runs_csv(const Report& report) {
  const std::vector<std::string> figures = all_figures(report), settings = settings_that_differ(report);
  std::string text =
      titles_of("cell label seed run state reason host device ranks threads seconds attempts", settings, figures);
  for (std::size_t c = 0; c < report.cells.size(); ++c) {
    const ReportedCell& cell = report.cells[c];
    std::vector<const ValuesBySeed*> columns;
    for (const std::string& figure : figures) columns.push_back(values_of(cell, figure));
    for (std::size_t seed = 0; seed < cell.runs.size(); ++seed) {
      const ReportedRun& run = cell.runs[seed];
      CsvRow row;
      row.text(cell.cell.substr(0, 12)).text(cell.label).count(run.seed).text(run.run.substr(0, 12));
      row.text(run.state).text(run.reason.value_or(""));
      add_cost(row, report.measured.cells[c], run);
      add_settings(row, cell, settings);
      for (const ValuesBySeed* values : columns) {
        row.number(values && seed < values->size() ? (*values)[seed] : std::nullopt);
      }
      text += row.line();
    }
  }
  return text;
}

}  // namespace pbn::report
