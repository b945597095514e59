// Text in roff, the language of manual pages (man(7)).
#pragma once

#include <string>

namespace pbn {

// Escapes what roff would read as a request, an escape sequence or a hyphen.
std::string roff_text(const std::string& text);

// The same for a text whose lines are kept.
std::string roff_lines(const std::string& text);

}  // namespace pbn
