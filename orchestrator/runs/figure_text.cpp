#include "orchestrator/runs/figure_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pbn {
namespace {

constexpr double largest_in_full = 1e9;  // beyond, and below 1e-6, a power of ten stands behind the digits
constexpr int most_decimals = 7;
constexpr double rounding = 1 + 1e-9;  // 0.5001 - 0.5 is a little less than 0.0001

}  // namespace

std::string figure_text(double value) {
  const double size = std::abs(value);
  return size >= 1000 && size < largest_in_full ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

FigureDifference difference_text(double first, double second) {
  const double difference = second - first, largest = std::max(std::abs(first), std::abs(second));
  const int decimals =
      difference == 0 ? 2 : std::max(2, 1 - static_cast<int>(std::floor(std::log10(std::abs(difference) * rounding))));
  if (largest < largest_in_full && decimals <= most_decimals) {
    const auto text = [&](double value) { return fmt::format("{:.{}f}", value, decimals); };
    return {text(first), text(second), fmt::format("{:+.{}f}", difference, decimals)};
  }
  const double ratio = difference == 0 ? 1 : largest / std::abs(difference);
  const int digits = std::clamp(2 + static_cast<int>(std::ceil(std::log10(ratio))), 4, 17);
  return {fmt::format("{:.{}g}", first, digits), fmt::format("{:.{}g}", second, digits),
          fmt::format("{:+.3g}", difference)};
}

}  // namespace pbn
