// A number with its noun: "1 run", "3 runs".
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace pbn {

// counted(2, "person", "people") is "2 people". Without `many` the plural ends in "s".
template <typename Count>
std::string counted(Count count, std::string_view one, std::string_view many = "") {
  if (count == 1) return fmt::format("{} {}", count, one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

}  // namespace pbn
