// Names, labels and reasons may hold any text: here they become plain text of Markdown, LaTeX or CSV. Characters that
// cannot be printed are replaced (base/text.h). For HTML and SVG: drawing/svg.h.
#pragma once

#include <string>
#include <string_view>

namespace pbn::report {

std::string escape_markdown(std::string_view text);  // without "|", which Table::to_markdown escapes

// For pdflatex with its standard fonts. Characters beyond Latin-1 are written as their codes, such as U+4E2D.
std::string escape_latex(std::string_view text);

// Quoted where RFC 4180 requires it. A text that a spreadsheet would read as a formula is prefixed with '.
std::string csv_text(std::string_view text);

}  // namespace pbn::report
