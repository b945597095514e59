// "1 run", "3 runs": numbers with their nouns, as people write them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace pbn {

// counted(1, "person", "people"); without `many` an "s" makes the plural.
template <typename Count>
std::string counted(Count count, std::string_view one, std::string_view many = "") {
  if (count == 1) return fmt::format("{} {}", count, one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

}  // namespace pbn
