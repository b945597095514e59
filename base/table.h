// The one table printer: aligned text for the terminal, and Markdown.
#pragma once

#include <string>
#include <vector>

namespace pbn {

// Cells are plain text; the first column is set flush left, the others flush right. Widths count UTF-8
// characters, without the colours of base/colour.h.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`

  std::string to_text() const;
  std::string to_markdown() const;
};

}  // namespace pbn
