#include "base/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace pbn {

std::size_t edits_between(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] != to[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string suggestion(std::string_view given, std::span<const std::string> known) {
  const auto nearer = [&](const auto& a, const auto& b) { return edits_between(given, a) < edits_between(given, b); };
  const auto nearest = std::min_element(known.begin(), known.end(), nearer);
  if (nearest == known.end()) return "";
  if (edits_between(given, *nearest) <= std::max<std::size_t>(2, given.size() / 3)) {
    return fmt::format("did you mean \"{}\"?", *nearest);
  }
  return known.size() <= 12 ? fmt::format("known are: {}", fmt::join(known, ", ")) : "";
}

}  // namespace pbn
