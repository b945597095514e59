// How the curves of one chart are told apart: Okabe and Ito's colours, which the colour-blind distinguish, and dashes
// for who sees none.
#pragma once

#include <array>

namespace pbn {

struct Stroke {
  const char* colour;
  const char* dashes;
};

inline constexpr std::array<Stroke, 8> strokes{{{"#d55e00", "none"},
                                                {"#0072b2", "none"},
                                                {"#009e73", "7 3"},
                                                {"#e69f00", "7 3"},
                                                {"#56b4e9", "2 3"},
                                                {"#cc79a7", "2 3"},
                                                {"#8a8a00", "9 3 2 3"},
                                                {"#7f7f7f", "9 3 2 3"}}};

}  // namespace pbn
