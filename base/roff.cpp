#include "base/roff.h"

namespace pbn {

std::string roff_text(const std::string& text) {
  std::string lines;
  bool at_line_start = true;
  for (const char letter : text) {
    if (at_line_start && (letter == '.' || letter == '\'')) lines += "\\&";
    lines += letter == '\\' ? "\\e" : letter == '-' ? "\\-" : std::string(1, letter);
    at_line_start = letter == '\n';
  }
  return lines;
}

std::string roff_lines(const std::string& text) { return ".nf\n" + roff_text(text) + "\n.fi\n"; }

}  // namespace pbn
