#include "base/table.h"

#include <algorithm>
#include <numeric>

namespace pbn {
namespace {

std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  bool is_colour = false;  // from \033 to m (base/colour.h): takes no room
  for (const char letter : text) {
    is_colour |= letter == '\033';
    width += !is_colour && (static_cast<unsigned char>(letter) & 0xC0) != 0x80;
    is_colour &= letter != 'm';
  }
  return width;
}

std::vector<std::size_t> column_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (const auto& title : table.columns) widths.push_back(width_of(title));
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::max(widths[c], width_of(row.at(c)));
  }
  return widths;
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths, const char* before,
                 const char* between, const char* after) {
  std::string text = before;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string padding(widths[c] - width_of(cells[c]), ' ');
    text += (c ? between : "") + (c ? padding + cells[c] : cells[c] + padding);
  }
  return text + after + "\n";
}

}  // namespace

std::string Table::to_text() const {
  const auto widths = column_widths(*this);
  std::string text = line(columns, widths, "", "  ", "");
  text += std::string(std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1)), '-') + "\n";
  for (const auto& row : rows) text += line(row, widths, "", "  ", "");
  return text;
}

std::string Table::to_markdown() const {
  auto escaped = *this;
  const auto escape = [](std::string& cell) {
    for (std::size_t at = 0; (at = cell.find('|', at)) != std::string::npos; at += 2) cell.insert(at, "\\");
  };
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
