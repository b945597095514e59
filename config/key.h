// A key of the schema: one setting of a run with all rules about it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::config {

struct RunConfig;

enum class Kind { boolean, integer, real, text, texts, reals, groups, colour };

inline Kind kind_of(const Json& value) {
  if (value.is_boolean()) return Kind::boolean;
  if (value.is_number_integer()) return Kind::integer;
  return value.is_number() ? Kind::real : Kind::text;
}

enum class InIdentity {
  no,       // it does not change the results
  value,    // the value is in the identity unless it is the default, or omitted_value if there is one
  content,  // it names files; their content is in the identity
};

// Looks up a setting by its path in a configuration, in one section of it, or in a cell of a grid.
using SettingAt = std::function<const Json&(const std::string& path)>;

// A condition on another setting: "model.head is pbn", or is not.
struct UsedWhen {
  std::string path;
  Json value;
  bool is_equal = true;

  bool holds(const SettingAt& setting) const { return (setting(path) == value) == is_equal; }
};

// The member of RunConfig for a setting. A text with choices is an enumerator with the index of the choice, or a
// boolean that is true for the second choice.
struct Field {
  using Choices = std::vector<std::string>;

  void (*write)(RunConfig& config, const Json& value, const Choices& choices) = nullptr;
  Json (*read)(const RunConfig& config, const Choices& choices) = nullptr;
};

struct NumberRange {
  double least, most;
};

struct Key {
  std::string path;                    // "model.depth"
  Json default_value{};                // must never change, because defaults are not in a run's identity
  Kind kind = kind_of(default_value);  // must be given for lists and groups
  std::string help{};                  // one complete line, with the unit and the paper's section if there is one

  std::optional<NumberRange> range{};  // of a number, or of each in a list
  int multiple_of = 1;
  std::vector<std::string> choices{};                     // of a text or colour; empty: any text
  bool (*is_allowed)(const std::string& text) = nullptr;  // of a text; and in words:
  std::string form{};

  std::vector<UsedWhen> used_when{};  // the result depends on the setting only if all of these hold
  InIdentity in_identity = InIdentity::value;
  Json omitted_value{};  // the canonical value that is not in the identity, if it is not the default; must never change

  // The label of a cell for its canonical and its given value. Empty: "depth=2".
  std::function<std::string(const Json& canonical, const Json& given)> label{};
  double doubtful_above = 1e300;  // larger values are allowed, but probably a mistake
  std::string doubt{};            // the reason: "is wider than ..."

  Field field{};  // empty: run_config.cpp or the program reads the setting
};

// Checks a value and converts it to the key's type (1 -> 1.0 for a real). Throws a usage error whose place is the path.
Json checked(const Key& key, const Json& value);

// Parses a command-line value: numbers, true/false, [lists] and "quoted texts" as JSON, anything else as text. The
// brackets of a list may be left out if its entries are numbers or quoted: 0.8,1,1.2.
Json parse_option(const Key& key, const std::string& text);

// "a number from 1 to 8", "one of plain, deep, pbn": for --help and errors.
std::string allowed_values(const Key& key);

// Whether the result depends on the setting: a head without branches has no depth, and without rotation the angle does
// not matter. Settings that are not used are not in the identity.
bool is_used(const Key& key, const SettingAt& setting);

// The reason why a setting is not used: "model.head is deep". Empty if it is used.
std::optional<std::string> why_idle(const Key& key, const SettingAt& setting);

// A warning about an allowed value: "train.sigma 10.0 is wider than ...". Empty if there is none.
std::optional<std::string> doubt_about(const Key& key, const Json& value);

}  // namespace pbn::config
