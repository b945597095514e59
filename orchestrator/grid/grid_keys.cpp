#include "orchestrator/grid/grid_keys.h"

#include <algorithm>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/schema.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {
namespace {

const std::string external_section = "settings";

const char* type_of(const Json& value) {
  return value.is_boolean()  ? "true or false"
         : value.is_number() ? "a number"
         : value.is_string() ? "text"
         : value.is_object() ? "a map"
                             : "a list";
}

std::pair<std::string, std::string> split_assignment(const std::string& text, const std::string& option) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) {
    throw usage_error(option, "write " + option + " key=value", "\"{}\" has no \"=\"", text);
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// Splits at commas that are not within quotes or brackets. As in YAML, quotes are special only where a value begins.
std::vector<std::string> split_values(const std::string& text, const std::string& where) {
  std::vector<std::string> pieces{""};
  int depth = 0;
  char quote = 0;
  bool is_begin = true;  // a value begins here
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ',' && depth == 0 && quote == 0) {
      pieces.emplace_back();
      is_begin = true;
      continue;
    }
    pieces.back() += c;
    if (quote == '"' && c == '\\' && i + 1 < text.size()) {
      pieces.back() += text[++i];
    } else if (quote != 0) {
      if (c == quote) quote = 0;  // '' within '...' closes the quote and opens it again
      is_begin = quote == 0 && c == '\'';
    } else if (is_begin && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (depth > 0 && (c == ']' || c == '}')) {
      --depth;
    } else {
      is_begin = (is_begin && c == ' ') || (depth > 0 && (c == ',' || c == ':'));
    }
  }
  if (quote != 0) throw usage_error(where, "", "the quote {} in {} is not closed", quote, text);
  return pieces;
}

std::string unquoted(const std::string& text, const std::string& where) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos || (text[begin] != '"' && text[begin] != '\'')) return text;
  const StrictYaml yaml(text, where);
  return yaml.root().IsScalar() ? yaml.root().Scalar() : text;
}

}  // namespace

bool GridKeys::is_key(const std::string& path, bool is_map) const {
  return is_external_ ? path.starts_with(external_section + ".") && !is_map : config::find_key(path) != nullptr;
}

bool GridKeys::is_section(const std::string& path) const {
  if (is_external_) return path == external_section || path.starts_with(external_section + ".");
  const auto keys = config::all_keys();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const config::Key& key) { return key.path.starts_with(path + "."); });
}

Json GridKeys::checked(const std::string& path, const Json& value, const std::string& where) const {
  if (is_external_) return value;
  const config::Key& key = *config::find_key(path);
  try {
    const bool lacks_file =
        key.kind == config::Kind::groups && value.is_object() && value.size() == 1 && value.contains("related");
    if (lacks_file) return pbn::config::checked(key, {{"related", value["related"]}, {"from", ""}});
    return pbn::config::checked(key, value);
  } catch (const Error& error) {
    throw usage_error(where, error.hint, "{}: {}", error.where, error.problem);
  }
}

bool GridKeys::is_one_value(const std::string& path, const Json& value) const {
  if (!value.is_array()) return true;
  if (is_external_) return false;
  const auto all = [](const Json& list, auto condition) { return std::all_of(list.begin(), list.end(), condition); };
  const auto is_text = [](const Json& element) { return element.is_string(); };
  const config::Kind kind = config::find_key(path)->kind;
  if (kind == config::Kind::reals || kind == config::Kind::texts) {
    return all(value, [](const Json& element) { return !element.is_array(); });
  }
  if (kind == config::Kind::colour) return all(value, [](const Json& element) { return element.is_number(); });
  return kind == config::Kind::groups &&
         all(value, [&](const Json& element) { return element.is_array() && all(element, is_text); });
}

std::string GridKeys::hint(const std::string& path) const {
  return is_external_ ? "settings of an external worker go under \"settings\"" : config::unknown_key_hint(path);
}

Json GridKeys::parse_value(const std::string& path, const std::string& text, const std::string& where) const {
  if (is_external_) {
    const StrictYaml yaml(text, where);
    return yaml.value(yaml.root(), where, Ambiguous::refused);
  }
  try {
    return config::parse_option(*config::find_key(path), unquoted(text, where));
  } catch (const Error& error) {
    throw usage_error(where, error.hint, "{}", error.problem);
  }
}

void GridKeys::require_key(const std::string& path, const std::string& option,
                           const std::vector<std::string>& known) const {
  if (is_external_ ? std::count(known.begin(), known.end(), path) > 0 : config::find_key(path) != nullptr) return;
  throw usage_error(option, is_external_ ? suggestion(path, known) : config::unknown_key_hint(path),
                    "unknown key \"{}\"", path);
}

std::pair<std::string, Setting> GridKeys::parse_set(const std::string& text,
                                                    const std::vector<std::string>& known) const {
  const auto [path, value] = split_assignment(text, "--set");
  require_key(path, "--set", known);
  const std::string where = "--set " + path;
  return {path, {parse_value(path, value, where), where}};
}

Axis GridKeys::parse_only(const std::string& text, const std::vector<std::string>& known) const {
  const auto [path, values] = split_assignment(text, "--only");
  require_key(path, "--only", known);
  const std::string where = "--only " + path;
  Axis axis{path, {}};
  for (const std::string& value : split_values(values, where))
    axis.values.push_back({parse_value(path, value, where), where});
  return axis;
}

void require_consistent_settings(const Grid& grid) {
  std::map<std::string, const Setting*> first;
  for_each_setting(grid, [&](const std::string& path, const Setting& setting) {
    const auto [known, is_new] = first.emplace(path, &setting);
    const Setting& earlier = *known->second;
    if (earlier.value.is_null()) known->second = &setting;  // null agrees with every type
    if (earlier.value.is_null() || setting.value.is_null()) return;
    if (std::string_view(type_of(earlier.value)) == type_of(setting.value)) return;
    const bool is_list = earlier.value.is_array() || setting.value.is_array();
    throw usage_error(setting.where, is_list ? list_value_hint : "quoted values are text",
                      "{}: {} is {}, and {} at {} is {}", path, setting.value.dump(), type_of(setting.value),
                      earlier.value.dump(), earlier.where, type_of(earlier.value));
  });
  for (const auto& [path, setting] : first) {
    const auto inner = first.upper_bound(path + ".");
    if (inner == first.end() || !inner->first.starts_with(path + ".")) continue;
    throw usage_error(inner->second->where, "", "\"{}\" is set here, and \"{}\" itself at {}", inner->first, path,
                      setting->where);
  }
}

}  // namespace pbn::grid
