#include "orchestrator/report/formats.h"

#include <fmt/format.h>

#include <map>

#include "orchestrator/report/columns.h"
#include "orchestrator/report/escaping.h"

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

std::string markdown_data(const Json& data) {
  Table table{{"file", "data set", "split", "people", "pixels", "fingerprint"}, {}};
  for (const Json& file : data) {
    table.rows.push_back({file["file"], file["dataset"], file["split"], file["people"].dump(),
                          file["box_pixels"].dump(), file["fingerprint"].get<std::string>().substr(0, 12)});
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

// Null where there is none, and no copy of a large object as Json::value() would make it.
const Json& at_key(const Json& object, const std::string& key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

// Shortest digits that read back as the same number; empty where there is none.
std::string csv_number(const Json& object, const char* name) {
  const auto value = object.find(name);
  return value == object.end() || !value->is_number() ? "" : value->dump();
}

std::string csv_row(const std::vector<std::string>& fields) { return fmt::format("{}\r\n", fmt::join(fields, ",")); }

}  // namespace

std::string markdown_report(const Json& aggregate, const std::vector<ReportTable>& tables) {
  std::string text = fmt::format("# {}\n\n{}.\n{}\n", escape_markdown(aggregate["name"].get<std::string>()),
                                 escape_markdown(metric_description(aggregate["metric"])), seed_statement(aggregate));
  for (const Json& warning : aggregate["measured"]["warnings"]) {
    text += fmt::format("\n**{}**\n", escape_markdown(warning.get<std::string>()));
  }
  for (const ReportTable& table : tables) {
    text += fmt::format("\n## {}\n\n", table.title);
    if (!table.note.empty()) text += escape_markdown(table.note) + "\n\n";
    text += escaped(table.table, escape_markdown).to_markdown();
  }
  const Json& data = aggregate["outcome"]["data"];
  return data.empty() ? text : text + "\n## Data\n\n" + markdown_data(data);
}

std::string latex_report(const Json& aggregate, const std::vector<ReportTable>& tables) {
  std::string text = fmt::format(
      "\\documentclass{{article}}\n\\usepackage[a3paper,landscape,margin=15mm]{{geometry}}\n\\usepackage{{booktabs,"
      "longtable}}\n"
      "\\pagestyle{{empty}}\n\\begin{{document}}\n\\small\n\\section*{{{}}}\n{}\n",
      escape_latex(aggregate["name"].get<std::string>()), escape_latex(seed_statement(aggregate)));
  for (const Json& warning : aggregate["measured"]["warnings"]) {
    text += fmt::format("\n\\textbf{{{}}}\n", escape_latex(warning.get<std::string>()));
  }
  for (const ReportTable& table : tables) text += latex_table(table);
  return text + "\\end{document}\n";
}

std::string cells_csv(const Json& aggregate) {
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
  const std::vector<std::string> figures = columns(aggregate).figures();
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    for (const std::string& figure : figures) {
      const Json& spread = at_key(cell["spreads"], figure);
      const Json& against = at_key(cell, "against");
      const Json& pairs = at_key(at_key(against, "figures"), figure);
      const Json& images = at_key(pairs, "images");
      text += csv_row({cell["cell"].get<std::string>().substr(0, 12),
                       csv_text(cell["label"].get<std::string>()),
                       cell["baseline"] ? "yes" : "no",
                       csv_text(figure),
                       spread.is_null() ? "0" : csv_number(spread, "n"),
                       std::to_string(cell["runs"].size()),
                       csv_number(spread, "mean"),
                       csv_number(spread, "deviation"),
                       csv_number(spread, "low"),
                       csv_number(spread, "high"),
                       against.is_null() ? "" : csv_text(against["label"].get<std::string>()),
                       csv_number(pairs, "n"),
                       csv_number(pairs, "mean"),
                       csv_number(pairs, "low"),
                       csv_number(pairs, "high"),
                       csv_number(pairs, "p"),
                       csv_number(pairs, "holm"),
                       csv_number(pairs, "least_p"),
                       csv_number(images, "n"),
                       csv_number(images, "low"),
                       csv_number(images, "high")});
    }
  }
  return text;
}

std::string runs_csv(const Json& aggregate) {
  const std::vector<std::string> figures = columns(aggregate).figures();
  std::vector<std::string> titles{"cell", "label",  "seed",  "run",     "state",   "reason",
                                  "host", "device", "ranks", "threads", "seconds", "attempts"};
  for (const std::string& figure : figures) titles.push_back(csv_text(figure));
  std::string text = csv_row(titles);
  for (std::size_t c = 0; c < aggregate["outcome"]["cells"].size(); ++c) {
    const Json& cell = aggregate["outcome"]["cells"][c];
    std::map<std::string, const Json*> measured;  // by run
    for (const Json& run : aggregate["measured"]["cells"][c]["runs"]) measured[run["run"]] = &run;
    for (std::size_t seed = 0; seed < cell["runs"].size(); ++seed) {
      const Json& run = cell["runs"][seed];
      const auto found = measured.find(run["run"].get_ref<const std::string&>());
      const Json* const cost = found == measured.end() ? nullptr : found->second;
      std::vector<std::string> row{cell["cell"].get<std::string>().substr(0, 12),
                                   csv_text(cell["label"].get<std::string>()),
                                   run["seed"].dump(),
                                   run["run"].get<std::string>().substr(0, 12),
                                   csv_text(run["state"].get<std::string>()),
                                   csv_text(run.value("reason", ""))};
      for (const char* text_name : {"host", "device"}) {
        row.push_back(cost ? csv_text((*cost)[text_name].get<std::string>()) : "");
      }
      for (const char* number : {"ranks", "threads", "seconds", "attempts"}) {
        row.push_back(cost ? csv_number(*cost, number) : "");
      }
      for (const std::string& figure : figures) {
        const Json& values = at_key(cell["figures"], figure);
        row.push_back(seed < values.size() && values[seed].is_number() ? values[seed].dump() : "");
      }
      text += csv_row(row);
    }
  }
  return text;
}

}  // namespace pbn
