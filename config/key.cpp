#include "config/key.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn::config {
namespace {

[[noreturn]] void refuse_value(const Key& key, const Json& value) {
  throw usage_error(key.path, "expected " + allowed_values(key), "{} is not allowed", value.dump());
}

void require_number(const Key& key, const Json& value, const Json& number) {
  const double amount = number;
  if (key.range && !(amount >= key.range->least && amount <= key.range->most)) refuse_value(key, value);
  if (key.multiple_of > 1 && number.get<std::int64_t>() % key.multiple_of != 0) refuse_value(key, value);
}

void require_choice(const Key& key, const Json& value) {
  if (!value.is_string()) refuse_value(key, value);
  if (key.is_allowed && !key.is_allowed(value.get<std::string>())) refuse_value(key, value);
  if (key.choices.empty() || std::count(key.choices.begin(), key.choices.end(), value.get<std::string>()) > 0) return;
  throw usage_error(key.path, suggestion(value.get<std::string>(), key.choices), "unknown value {}", value.dump());
}

Json checked_list(const Key& key, const Json& value, bool (Json::*is_element)() const noexcept) {
  Json list = value.is_array() ? value : Json::array({value});
  for (auto& element : list) {
    if (!(element.*is_element)()) refuse_value(key, value);
    if (element.is_number()) {
      require_number(key, value, element);
      element = element.get<double>();
    }
  }
  return list;
}

// A word, or red, green and blue.
Json checked_colour(const Key& key, const Json& value) {
  if (value.is_string()) {
    require_choice(key, value);
    return value;
  }
  if (!value.is_array() || value.size() != 3) refuse_value(key, value);
  return checked_list(key, value, &Json::is_number);
}

bool are_groups(const Json& value) {
  const bool is_source = value.is_object() && value.size() == 2 && value.contains("related") &&
                         value.contains("from") && value["related"].is_number_integer() && value["from"].is_string();
  return value.is_string() || value.is_array() || is_source;
}

}  // namespace

Json checked(const Key& key, const Json& value) {
  switch (key.kind) {
    case Kind::boolean:
      if (!value.is_boolean()) refuse_value(key, value);
      return value;
    case Kind::integer:
      if (!value.is_number_integer()) refuse_value(key, value);
      require_number(key, value, value);
      return value;
    case Kind::real:
      if (!value.is_number()) refuse_value(key, value);
      require_number(key, value, value);
      return value.get<double>();
    case Kind::text:
      require_choice(key, value);
      return value;
    case Kind::texts:
      return checked_list(key, value, &Json::is_string);
    case Kind::reals:
      return checked_list(key, value, &Json::is_number);
    case Kind::colour:
      return checked_colour(key, value);
    case Kind::groups:
      if (!are_groups(value)) refuse_value(key, value);
      return value;
  }
  throw bug_error(key.path, "", "unknown kind of key");
}

Json parse_option(const Key& key, const std::string& text) {
  const auto as_json = [](const std::string& json) { return Json::parse(json, nullptr, /*allow_exceptions=*/false); };
  Json value = as_json(text);
  const bool is_list = key.kind == Kind::texts || key.kind == Kind::reals || key.kind == Kind::colour;
  if (value.is_discarded() && is_list) value = as_json("[" + text + "]");
  const bool is_literal = value.is_discarded() || (key.kind == Kind::text && !value.is_string());
  return checked(key, is_literal ? Json(text) : value);
}

std::string allowed_values(const Key& key) {
  const auto range = [&](const std::string& what) {
    const std::string multiple = key.multiple_of > 1 ? fmt::format(", a multiple of {}", key.multiple_of) : "";
    return key.range ? fmt::format("{} from {} to {}{}", what, key.range->least, key.range->most, multiple) : what;
  };
  switch (key.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return range("a whole number");
    case Kind::real:
      return range("a number");
    case Kind::reals:
      return range("a list of numbers");
    case Kind::texts:
      return "a list of texts";
    case Kind::colour:
      return fmt::format("one of {}, or three numbers from {} to {}", fmt::join(key.choices, ", "), key.range->least,
                         key.range->most);
    case Kind::groups:
      return "a name, a list of lists of parts, or {related: K, from: FILE}";
    case Kind::text:
      if (!key.form.empty()) return key.form;
      return key.choices.empty() ? "text" : fmt::format("one of {}", fmt::join(key.choices, ", "));
  }
  return "";
}

bool is_used(const Key& key, const SettingAt& setting) {
  return std::all_of(key.used_when.begin(), key.used_when.end(),
                     [&](const UsedWhen& condition) { return condition.holds(setting); });
}

std::optional<std::string> why_idle(const Key& key, const SettingAt& setting) {
  for (const UsedWhen& condition : key.used_when) {
    if (condition.holds(setting)) continue;
    const Json& value = setting(condition.path);
    return fmt::format("{} is {}", condition.path,
                       value.is_string() ? value.get<std::string>() : fmt::format("{}", value.get<double>()));
  }
  return {};
}

std::optional<std::string> doubt_about(const Key& key, const Json& value) {
  if (!value.is_number() || value.get<double>() <= key.doubtful_above) return {};
  return fmt::format("{} {} {}", key.path, value.dump(), key.doubt);
}

}  // namespace pbn::config
