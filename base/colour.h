// Colours on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

enum class Colour { red = 31, green = 32, yellow = 33, blue = 34 };

// The text in this colour if the descriptor is a terminal with colours (TERM is not "dumb") and NO_COLOR is unset or
// empty (https://no-color.org); else the plain text.
std::string coloured(std::string_view text, Colour colour, int descriptor);

}  // namespace pbn
