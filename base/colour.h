// Colours on a terminal, and nowhere else.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

enum class Colour { red = 31, green = 32, yellow = 33, blue = 34 };

// The text in this colour where what is written to the descriptor may be coloured, else as it is. It may where that is
// a terminal that knows colours (TERM is not "dumb") and NO_COLOR is not set, or empty (https://no-color.org).
std::string coloured(std::string_view text, Colour colour, int descriptor);

}  // namespace pbn
