#include "orchestrator/report/tables/pose_tables.h"

#include <fmt/format.h>

#include "base/number_text.h"
#include "base/text.h"
#include "orchestrator/report/tables/cell_table.h"
#include "orchestrator/report/tables/paper_tables.h"

namespace pbn::report {
namespace {

ReportTable figures_table(const Report& report, const std::vector<Column>& columns, std::string name, std::string title,
                          std::string note) {
  if (columns.empty()) return {};
  CellTable table(report, std::move(name), std::move(title), std::move(note));
  for (const Column& column : columns) table.add_figure(column);
  return std::move(table).table();
}

std::string gain_text(const Comparison& gain) {
  const std::string interval = interval_text(gain, [](double value) { return fixed_text(value, 1, Sign::always); });
  return report_difference(gain.mean, true) + (interval.empty() ? "" : " " + interval);
}

ReportTable occluded_gain_table(const Report& report) {
  ReportTable table{
      "occluded-gain",
      "Gain on occluded parts",
      fmt::format("Difference to the baseline on occluded joints, paired by seed, with {}{} "
                  "(as in the paper's Table 7).",
                  paired_intervals(report), has_pairs_of_seeds(report) ? ", or of two seeds both differences," : ""),
      {{"cell", "baseline"}, {}}};
  const std::vector<Column>& parts = report.columns.occluded_parts;
  for (const Column& part : parts) table.table.columns.push_back(part.title);
  for (const ReportedCell& cell : report.cells) {
    if (parts.empty() || !cell.against || cell.against->figures.empty()) continue;
    std::vector<std::string> row{label_of(cell), one_line(cell.against->label)};
    for (const Column& part : parts) {
      const Comparison* const gain = entry_of(cell.against->figures, part.figure);
      row.push_back(gain ? gain_text(*gain) : no_value);
    }
    table.table.rows.push_back(std::move(row));
    table.anchors.push_back(anchor_of_cell(cell));
  }
  return table;
}

}  // namespace

std::vector<ReportTable> pose_tables(const Report& report) {
  const Columns& shown = report.columns;
  const std::string& metric = report.words.metric;
  std::vector<ReportTable> tables = paper_tables(report);
  tables.push_back(
      figures_table(report, shown.parts, "parts", "By part", metric + " of each part, left and right averaged."));
  tables.push_back(figures_table(report, shown.occluded_parts, "occluded", "Occluded parts",
                                 metric + " of the occluded joints of each part, left and right averaged."));
  tables.push_back(occluded_gain_table(report));
  return tables;
}

}  // namespace pbn::report
