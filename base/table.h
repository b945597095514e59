// Tables as aligned text for the terminal and as Markdown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pbn {

// Cells are plain text, perhaps with the colours of base/colour.h. The first column is aligned left, the others right.
// Widths are columns of a terminal (base/text.h). Control characters and line breaks in cells are replaced.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`

  // Removes the columns, from number `first` on, in which all rows have this text.
  void remove_columns_of(const std::string& text, std::size_t first = 1);

  // In lines of at most `columns` (0: no limit). If the table is wider, the names in the first column are shortened in
  // the middle; if that is not enough, the table is split into parts below each other, each with the names.
  std::string to_text(std::size_t columns = 0) const;
  std::string for_terminal() const;  // as wide as the terminal, if standard output is one
  std::string to_markdown() const;
};

}  // namespace pbn
