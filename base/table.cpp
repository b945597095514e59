#include "base/table.h"

#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <numeric>
#include <set>

#include "base/text.h"

namespace pbn {
namespace {

std::vector<std::size_t> column_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (const auto& title : table.columns) widths.push_back(columns_of(title));
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::max(widths[c], columns_of(row.at(c)));
  }
  return widths;
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths, const char* before,
                 const char* between, const char* after) {
  std::string text = before;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string padding(widths[c] - columns_of(cells[c]), ' ');
    text += (c ? between : "") + (c ? padding + cells[c] : cells[c] + padding);
  }
  return text + after + "\n";
}

std::size_t width_of(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1));
}

std::string aligned(const Table& table) {
  const auto widths = column_widths(table);
  std::string text = line(table.columns, widths, "", "  ", "");
  text += std::string(width_of(widths), '-') + "\n";
  for (const auto& row : table.rows) text += line(row, widths, "", "  ", "");
  return text;
}

Table of_plain_cells(const Table& table) {
  Table plain = table;
  for (auto& title : plain.columns) title = one_line(title, Colours::kept);
  for (auto& row : plain.rows) {
    for (auto& cell : row) cell = one_line(cell, Colours::kept);
  }
  return plain;
}

Table with_names_of(Table table, std::size_t columns) {
  for (auto& row : table.rows) row[0] = cut_in_the_middle(row[0], columns);
  return table;
}

std::size_t different_names(const Table& table) {
  std::set<std::string> names;
  for (const auto& row : table.rows) names.insert(row[0]);
  return names.size();
}

// The first column and those in [begin, end), with cells cut to the room beside the names.
Table part_of(const Table& table, std::size_t begin, std::size_t end, std::size_t room) {
  const auto chosen = [&](const std::vector<std::string>& cells) {
    std::vector<std::string> row{cells[0]};
    for (std::size_t c = begin; c < end; ++c) row.push_back(cut_to_columns(cells[c], room));
    return row;
  };
  Table part{chosen(table.columns), {}};
  for (const auto& row : table.rows) part.rows.push_back(chosen(row));
  return part;
}

std::string in_parts(const Table& table, std::size_t columns) {
  const auto widths = column_widths(table);
  const std::size_t room = columns - std::min(columns, widths[0] + 2);
  std::string text;
  for (std::size_t begin = 1; begin < widths.size();) {
    std::size_t used = 0, end = begin;
    while (end < widths.size() && (end == begin || used + widths[end] + 2 <= room + 2)) used += widths[end++] + 2;
    text += (text.empty() ? "" : "\n") + aligned(part_of(table, begin, end, room));
    begin = end;
  }
  return text;
}

}  // namespace

void Table::remove_columns_of(const std::string& text, std::size_t first) {
  for (std::size_t column = columns.size(); column-- > first;) {
    if (!std::ranges::all_of(rows, [&](const auto& row) { return row[column] == text; })) continue;
    const auto at = static_cast<std::ptrdiff_t>(column);
    columns.erase(columns.begin() + at);
    for (auto& row : rows) row.erase(row.begin() + at);
  }
}

std::string Table::to_text(std::size_t columns) const {
  constexpr std::size_t least_name = 16;
  const Table plain = of_plain_cells(*this);
  const auto widths = column_widths(plain);
  const std::size_t width = width_of(widths);
  if (columns == 0 || width <= columns) return aligned(plain);
  if (widths.size() == 1) return aligned(with_names_of(plain, columns));
  const std::size_t others = width - widths[0];
  if (others + least_name <= columns) {
    const Table shortened = with_names_of(plain, columns - others);
    if (different_names(shortened) == different_names(plain)) return aligned(shortened);
  }
  return in_parts(with_names_of(plain, std::max(least_name, columns / 2)), columns);
}

std::string Table::for_terminal() const { return to_text(terminal_columns(STDOUT_FILENO)); }

std::string Table::to_markdown() const {
  auto escaped = *this;
  const auto escape = [](std::string& cell) { boost::replace_all(cell, "|", "\\|"); };
  for (auto& title : escaped.columns) escape(title);
  for (auto& row : escaped.rows) std::for_each(row.begin(), row.end(), escape);
  const auto widths = column_widths(escaped);
  std::string text = line(escaped.columns, widths, "| ", " | ", " |");
  for (std::size_t c = 0; c < widths.size(); ++c) text += c ? "---:|" : "|---|";
  text += "\n";
  for (const auto& row : escaped.rows) text += line(row, widths, "| ", " | ", " |");
  return text;
}

}  // namespace pbn
