// Makes the output of other programs safe to print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pbn {

inline constexpr std::size_t most_shown_of_a_line = 2000;  // bytes

// A line that cannot control the terminal: control sequences (colours, titles, movements) and control characters are
// removed, tabs become spaces, and bytes that are not UTF-8 become U+FFFD. Of a line longer than `most` bytes, "…" and
// its end: the end usually says most.
std::string printable_line(std::string_view line, std::size_t most = most_shown_of_a_line);

}  // namespace pbn
