#include "orchestrator/runs/figure_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/number_text.h"
#include "base/progress.h"

namespace pbn::runs {
namespace {

constexpr double max_without_exponent = 1e9;
constexpr int max_decimals = 7;
constexpr double rounding = 1 + 1e-9;  // 0.5001 - 0.5 is slightly less than 0.0001 in floating point

std::string shortened_list(std::vector<std::string> names) {
  constexpr std::size_t max_names = 5;
  const bool is_long = names.size() > max_names;
  if (is_long) names.resize(max_names);
  return fmt::format("{}{}", fmt::join(names, ", "), is_long ? ", ..." : "");
}

}  // namespace

std::string figure_text(double value) {
  const double size = std::abs(value);
  return size >= 1000 && size < max_without_exponent ? fixed_text(value, 0) : significant_text(value, 4);
}

FigureDifference difference_text(double first, double second) {
  const double difference = second - first, largest = std::max(std::abs(first), std::abs(second));
  const int decimals =
      difference == 0 ? 2 : std::max(2, 1 - static_cast<int>(std::floor(std::log10(std::abs(difference) * rounding))));
  if (largest < max_without_exponent && decimals <= max_decimals) {
    return {fixed_text(first, decimals), fixed_text(second, decimals), fixed_text(difference, decimals, Sign::always)};
  }
  const double ratio = difference == 0 ? 1 : largest / std::abs(difference);
  const int digits = std::clamp(2 + static_cast<int>(std::ceil(std::log10(ratio))), 4, 17);
  return {significant_text(first, digits), significant_text(second, digits),
          significant_text(difference, 3, Sign::always)};
}

std::string in_words(const Result& result, const std::string& metric) {
  const auto named = [&](const auto& entry) { return metric.empty() || entry.first == metric; };
  const auto figure = std::find_if(result.figures.begin(), result.figures.end(), named);
  const auto seconds = result.measured_number("seconds");
  std::string text;
  if (figure != result.figures.end()) {
    text = fmt::format("{} {}", printable(figure->first), figure_text(figure->second));
  } else if (result.figures.empty()) {
    text = "its result has no figures";
  } else {
    std::vector<std::string> names;
    for (const auto& [name, value] : result.figures) names.push_back(printable(name));
    text = fmt::format("{} is not among its figures ({})", metric, shortened_list(names));
  }
  return text + (seconds ? ", " + human_duration(*seconds) : "");
}

}  // namespace pbn::runs
