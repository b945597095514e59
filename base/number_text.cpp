#include "base/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pbn {
namespace {

// 0.D1D2D3... times 10 to the power of `point`.
struct Decimal {
  bool is_negative;
  std::string digits;
  int point;
};

Decimal shortest_decimal(double value) {
  // Shortest digits that read back as the value are those of "{}"; "{:e}" would pad or cut them.
  const std::string text = fmt::format("{}", std::abs(value));
  const std::size_t e = std::min(text.find('e'), text.size());
  const std::string mantissa = text.substr(0, e);
  const std::size_t dot = std::min(mantissa.find('.'), mantissa.size());
  Decimal decimal{std::signbit(value), mantissa, static_cast<int>(dot)};
  if (dot < mantissa.size()) decimal.digits.erase(dot, 1);
  if (e < text.size()) decimal.point += std::atoi(text.c_str() + e + 1);
  const std::size_t zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size() - 1);
  decimal.digits.erase(0, zeros);
  decimal.point -= static_cast<int>(zeros);
  return decimal;
}

// The double next to the decimal rounded to its first `kept` digits: printf shows it as that decimal.
double rounded(const Decimal& decimal, int kept) {
  std::string digits = decimal.digits;
  int point = decimal.point;
  if (kept >= static_cast<int>(digits.size())) kept = static_cast<int>(digits.size());
  if (kept < 0) return 0;
  const bool is_up = kept < static_cast<int>(digits.size()) && digits[static_cast<std::size_t>(kept)] >= '5';
  digits.resize(static_cast<std::size_t>(kept));
  if (is_up) {
    int at = kept - 1;
    while (at >= 0 && digits[static_cast<std::size_t>(at)] == '9') digits[static_cast<std::size_t>(at--)] = '0';
    if (at >= 0) {
      ++digits[static_cast<std::size_t>(at)];
    } else {
      digits.insert(0, "1");
      ++point;
    }
  }
  if (digits.empty()) return 0;
  const double value = std::strtod(fmt::format("0.{}e{}", digits, point).c_str(), nullptr);
  return decimal.is_negative ? -value : value;
}

std::string with_sign(std::string text, double value, Sign sign) {
  return sign == Sign::always && !(value < 0) ? "+" + text : text;
}

}  // namespace

std::string fixed_text(double value, int decimals, Sign sign) {
  if (!std::isfinite(value)) return with_sign(fmt::format("{}", value), value, sign);
  const Decimal decimal = shortest_decimal(value);
  const double shown = rounded(decimal, decimal.point + decimals);
  if (shown == 0 && value != 0) return significant_text(value, 1, sign);
  return with_sign(fmt::format("{:.{}f}", shown + 0.0, decimals), value, sign);  // -0 + 0 is 0
}

std::string significant_text(double value, int digits, Sign sign) {
  if (!std::isfinite(value)) return with_sign(fmt::format("{}", value), value, sign);
  const double shown = rounded(shortest_decimal(value), digits);
  // Next to the largest double there may be no rounded one.
  return with_sign(fmt::format("{:.{}g}", std::isfinite(shown) ? shown + 0.0 : value, digits), value, sign);
}

}  // namespace pbn
