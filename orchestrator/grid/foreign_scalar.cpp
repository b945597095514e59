#include "orchestrator/grid/foreign_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <regex>

namespace pbn::grid {
namespace {

constexpr std::size_t max_length = 400;  // std::regex recurses

bool matches(std::string_view text, const std::regex& pattern) {
  return std::regex_match(text.begin(), text.end(), pattern);
}

std::string without_underscores(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  return digits;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Converts a number with a prefix such as 0x to decimal. Empty if it does not fit into 64 bits.
std::string decimal(std::string_view text, int base) {
  std::string digits = without_underscores(text);
  const bool is_negative = digits.starts_with('-');
  digits.erase(0, is_negative || digits.starts_with('+') ? 3 : 2);
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc() || stop != end) return "";
  return fmt::format("{}{}", is_negative ? "-" : "", number);
}

// PyYAML reads 1:30:00 as 5400, a number in base 60.
std::string sexagesimal(std::string_view text) {
  double value = 0;
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  while (!text.empty()) {
    const auto colon = std::min(text.find(':'), text.size());
    value = 60 * value + std::strtod(without_underscores(text.substr(0, colon)).c_str(), nullptr);
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return fmt::format("{}", is_negative ? -value : value);
}

ForeignValue number(std::string decimal_digits) {
  const std::string meaning = decimal_digits.empty() ? "a number" : "the number " + decimal_digits;
  return {meaning, std::move(decimal_digits)};
}

// Numbers of PyYAML and of YAML 1.2's core schema (0o17), and numbers beyond the range of a double.
std::optional<ForeignValue> foreign_number(std::string_view text) {
  static const std::regex hexadecimal("[-+]?0x[0-9a-fA-F_]+"), octal("[-+]?0o[0-7]+"), binary("[-+]?0b[01_]+"),
      whole_base60("[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+"), real_base60(R"([-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*)"),
      whole("[-+]?[1-9][0-9_]*"), real(R"([-+]?([0-9][0-9_]*)?\.[0-9_]*([eE][-+]?[0-9]+)?)"),
      infinity(R"([-+]?\.(inf|Inf|INF))"), none(R"(\.(nan|NaN|NAN))"),
      decimal_number(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  if (matches(text, hexadecimal)) return number(decimal(text, 16));
  if (matches(text, octal)) return number(decimal(text, 8));
  if (matches(text, binary)) return number(decimal(text, 2));
  if (matches(text, whole_base60) || matches(text, real_base60)) return number(sexagesimal(text));
  const bool is_grouped = has_digit && text.find('_') != std::string_view::npos;
  if (is_grouped && (matches(text, whole) || matches(text, real))) return number(without_underscores(text));
  if (matches(text, infinity)) return ForeignValue{text[0] == '-' ? "minus infinity" : "infinity", ""};
  if (matches(text, none)) return ForeignValue{"not a number", ""};
  if (matches(text, decimal_number)) return ForeignValue{"a number that 64 bits cannot hold", ""};
  return {};
}

}  // namespace

std::optional<ForeignValue> foreign_value(std::string_view plain) {
  if (plain.empty() || plain.size() > max_length) return {};
  if (is_one_of(plain, {"True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) return ForeignValue{"true", "true"};
  if (is_one_of(plain, {"False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})) {
    return ForeignValue{"false", "false"};
  }
  const bool may_be_number = std::string_view("0123456789+-.").find(plain[0]) != std::string_view::npos;
  return may_be_number ? foreign_number(plain) : std::nullopt;
}

std::string without_tag(std::string_view tag, const std::string& scalar) {
  const auto foreign = foreign_value(scalar);
  std::string plain = foreign && !foreign->spelling.empty() ? foreign->spelling : scalar;
  if (tag.ends_with(":null")) return "null";
  if (tag.ends_with(":float") && plain.find_first_not_of("+-0123456789") == std::string::npos) return plain + ".0";
  return plain;
}

}  // namespace pbn::grid
