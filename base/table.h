// The one table printer: aligned text for the terminal, and Markdown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pbn {

// Cells are plain text; the first column is set flush left, the others flush right. Widths are those of a terminal
// (base/text.h), without the colours of base/colour.h. What would drive a terminal or break a line is replaced.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`

  // As wide as it is, or, where `columns` is not 0, in lines of at most so many: the names are shortened in the middle
  // where that tells them apart, else the table goes on below itself, with the names again.
  std::string to_text(std::size_t columns = 0) const;
  std::string for_terminal() const;  // as wide as standard output is, when that is a terminal
  std::string to_markdown() const;
};

}  // namespace pbn
