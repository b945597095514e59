// A table of the report with one row for each floor and each cell, filled column by column.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "orchestrator/report/tables/tables.h"

namespace pbn::report {

std::string label_of(const ReportedCell& cell);        // "plain (baseline)"
std::string anchor_of_cell(const ReportedCell& cell);  // anchor_of("cell", ...)

class CellTable {
 public:
  CellTable(const Report& report, std::string name, std::string title, std::string note, bool with_floors = true);

  // `cell_text` of a cell and its number.
  template <typename CellText, typename FloorText>
  void add(const std::string& title, CellText cell_text, FloorText floor_text) {
    table_.table.columns.push_back(one_line(title));
    auto row = table_.table.rows.begin();
    for (std::size_t i = 0; i < table_.floors; ++i) row++->push_back(floor_text(report_.floors()[i]));
    for (std::size_t i = 0; i < report_.cells.size(); ++i) row++->push_back(cell_text(report_.cells[i], i));
  }

  template <typename CellText>
  void add(const std::string& title, CellText cell_text) {
    add(title, cell_text, [](const Floor&) { return std::string(no_value); });
  }

  void add_figure(const Column& column);

  ReportTable table() && { return std::move(table_); }

 private:
  void add_row(std::string label, std::string anchor);

  const Report& report_;
  ReportTable table_;
};

}  // namespace pbn::report
