#include "base/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace pbn {
namespace {

// digits x 10^exponent; at most 17 digits.
struct Decimal {
  std::int64_t digits;
  int exponent;
};

// The shortest decimal that reads back as the value.
Decimal shortest_decimal(double value) {
  std::array<char, 32> text{};  // "-1.25e-07"
  std::to_chars(text.begin(), text.end(), value, std::chars_format::scientific);
  std::string mantissa(text.begin(), std::find(text.begin(), text.end(), 'e'));
  int exponent = std::atoi(text.data() + mantissa.size() + 1);
  if (const std::size_t dot = mantissa.find('.'); dot != std::string::npos) {
    exponent -= static_cast<int>(mantissa.size() - dot - 1);
    mantissa.erase(dot, 1);
  }
  return {std::stoll(mantissa), exponent};
}

// The double nearest to the decimal rounded to a multiple of 10^exponent: printf shows it as that decimal.
double rounded(Decimal decimal, int exponent) {
  const int dropped = exponent - decimal.exponent;  // digits
  if (dropped > 18) return 0;
  if (dropped > 0) {
    const auto unit = static_cast<std::int64_t>(std::pow(10.0, dropped));  // exact up to 10^22
    decimal.digits = (decimal.digits + (decimal.digits < 0 ? -unit : unit) / 2) / unit;
    decimal.exponent = exponent;
  }
  return std::strtod(fmt::format("{}e{}", decimal.digits, decimal.exponent).c_str(), nullptr);
}

std::string with_sign(const std::string& text, double value, Sign sign) {
  return sign == Sign::always && !(value < 0) ? "+" + text : text;
}

}  // namespace

std::string fixed_text(double value, int decimals, Sign sign) {
  if (!std::isfinite(value)) return with_sign(fmt::format("{}", value), value, sign);
  const double shown = rounded(shortest_decimal(value), -decimals);
  if (shown == 0 && value != 0) return significant_text(value, 1, sign);
  return with_sign(fmt::format("{:.{}f}", shown + 0.0, decimals), value, sign);  // -0 + 0 is 0
}

std::string significant_text(double value, int digits, Sign sign) {
  if (!std::isfinite(value)) return with_sign(fmt::format("{}", value), value, sign);
  const Decimal decimal = shortest_decimal(value);
  const int first_digit = decimal.exponent + static_cast<int>(std::to_string(std::abs(decimal.digits)).size()) - 1;
  const double shown = rounded(decimal, first_digit - digits + 1);
  // The rounded number may be beyond the largest double.
  return with_sign(fmt::format("{:.{}g}", std::isfinite(shown) ? shown + 0.0 : value, digits), value, sign);
}

}  // namespace pbn
