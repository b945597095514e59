#include "orchestrator/report/tables/cell_table.h"

namespace pbn::report {

std::string label_of(const ReportedCell& cell) {
  return one_line(cell.label) + (cell.is_baseline ? " (baseline)" : "");
}

std::string anchor_of_cell(const ReportedCell& cell) { return anchor_of("cell", cell.cell); }

CellTable::CellTable(const Report& report, std::string name, std::string title, std::string note, bool with_floors)
    : report_(report), table_{std::move(name), std::move(title), std::move(note), {{"cell"}, {}}} {
  if (with_floors) table_.floors = report.floors().size();
  for (std::size_t i = 0; i < table_.floors; ++i) add_row(one_line(report.floors()[i].label), "");
  for (const ReportedCell& cell : report.cells) add_row(label_of(cell), anchor_of_cell(cell));
}

void CellTable::add_figure(const Column& column) {
  const bool percent = report_.is_percent;
  add(
      column.title,
      [&](const ReportedCell& cell, std::size_t) {
        const SeedSpread* const spread = entry_of(cell.spreads, column.figure);
        return spread ? spread_text(*spread, cell.runs.size(), percent) : no_value;
      },
      [&](const Floor& floor) {
        const double* const value = entry_of(floor.figures, column.figure);
        return value ? report_number(*value, percent) : no_value;
      });
}

void CellTable::add_row(std::string label, std::string anchor) {
  table_.table.rows.push_back({std::move(label)});
  table_.anchors.push_back(std::move(anchor));
}

}  // namespace pbn::report
