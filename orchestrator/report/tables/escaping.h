// Names, labels and reasons come from files and may hold anything: here they become text of a table, of Markdown, LaTeX
// or CSV, and nothing but text; what cannot be printed is replaced (base/text.h). For HTML and SVG: drawing/svg.h.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

std::string escape_markdown(std::string_view text);  // but for "|", which the table printer takes care of

// For pdflatex with its standard fonts. Characters beyond Latin-1 are shown as their code, such as U+4E2D.
std::string escape_latex(std::string_view text);

// Quoted where RFC 4180 asks for it. A text that a spreadsheet would take for a formula gets a ' before it.
std::string csv_text(std::string_view text);

}  // namespace pbn
