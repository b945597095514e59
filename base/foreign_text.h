// What programs that are not ours have printed, fit to be shown to people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pbn {

inline constexpr std::size_t most_shown_of_a_line = 2000;  // bytes

// One line without what would reach into the terminal: control sequences (colours, titles, movements) and control
// characters are left out, a tab becomes a space, and what is not UTF-8 becomes U+FFFD. Of a longer one its end, behind
// an ellipsis: what a program says last tells most.
std::string fit_to_show(std::string_view line, std::size_t most = most_shown_of_a_line);

}  // namespace pbn
