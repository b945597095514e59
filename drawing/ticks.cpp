#include "drawing/ticks.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/number_text.h"

namespace pbn::drawing {

double ChartRange::share(double value) const {
  const double length = to / 2 - from / 2;
  return length > 0 ? std::clamp((value / 2 - from / 2) / length, 0.0, 1.0) : 0.5;
}

ChartRange with_margin(double low, double high, double share, double least) {
  constexpr double end = std::numeric_limits<double>::max();
  double margin = std::max(share * high - share * low, least * std::max(std::abs(low), std::abs(high)));
  if (!(margin > 0)) margin = 1;
  return {std::max(-end, low - margin), std::min(end, high + margin)};
}

double round_number_above(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (factor * power >= value) return std::min(factor * power, std::numeric_limits<double>::max());
  }
  return value;
}

std::vector<double> round_ticks(double from, double to) {
  const double least_step = to / 7 - from / 7;
  if (!(least_step > 0)) return {from};
  const double step = round_number_above(least_step);
  std::vector<double> ticks;
  const double first = std::ceil(from / step - 1e-9), last = std::floor(to / step + 1e-9);
  for (double multiple = first; multiple <= last; ++multiple) ticks.push_back(multiple == 0 ? 0 : multiple * step);
  return ticks;
}

std::string tick_text(double value, const std::vector<double>& ticks) {
  if (value == 0) return "0";
  int digits = 4;
  if (ticks.size() > 1) {
    const double step = ticks[1] - ticks[0], most = std::max(std::abs(ticks.front()), std::abs(ticks.back()));
    digits = std::clamp(1 + static_cast<int>(std::floor(std::log10(most) + 1e-9) - std::floor(std::log10(step) + 1e-9)),
                        digits, 15);
  }
  return significant_text(value, digits);
}

std::string tick_text_across(double value, const std::vector<double>& ticks) {
  constexpr std::size_t most_letters = 30;
  std::size_t longest = 0;
  for (const double tick : ticks) longest = std::max(longest, tick_text(tick, ticks).size());
  const auto stride = static_cast<std::ptrdiff_t>(longest * ticks.size() / most_letters + 1);
  const auto place = std::find(ticks.begin(), ticks.end(), value);
  auto zero = std::find(ticks.begin(), ticks.end(), 0.0);
  if (zero == ticks.end()) zero = ticks.begin();
  return (place - zero) % stride == 0 ? tick_text(value, ticks) : "";
}

}  // namespace pbn::drawing
