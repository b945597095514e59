// One setting of a run, with every rule about it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

struct RunConfig;

enum class Kind { boolean, integer, real, text, texts, reals, groups };

enum class InIdentity {
  no,       // how a run executes, not what it computes
  value,    // it changes the mathematics: the value is in the identity where it is not the default
  content,  // it names files, whose content is in the identity
};

// The value of a setting by its path; of a configuration, of one section of it, or of a cell of a grid.
using SettingAt = std::function<const Json&(const std::string& path)>;

// "model.head is pbn", or that it is not: when another setting means anything.
struct UsedWhen {
  std::string path;
  Json value;
  bool is_equal = true;

  bool holds(const SettingAt& setting) const { return (setting(path) == value) == is_equal; }
};

// Where the value lives in the typed configuration, to write it there and to read it back as JSON. Texts with choices
// are enumerators in the order of the choices, or a boolean that says whether it is the second one.
struct Field {
  using Choices = std::vector<std::string>;

  void (*write)(RunConfig& config, const Json& value, const Choices& choices) = nullptr;
  Json (*read)(const RunConfig& config, const Choices& choices) = nullptr;
};

struct Key {
  std::string path;  // "model.depth"
  Kind kind{};
  Json default_value{};  // it never changes, because defaults stay out of a run's identity
  std::string help{};    // one line that stands alone, with the unit and the paper's section where it has one

  double least = -1e300;  // of a number, or of each in a list
  double most = 1e300;
  int multiple_of = 1;
  std::vector<std::string> choices{};  // of a text; empty: any

  std::vector<UsedWhen> used_when{};  // all of them hold, or nothing depends on the setting
  InIdentity in_identity = InIdentity::value;

  // What a cell is called by it: of its canonical value and of the one that was given. Empty: "depth=2".
  std::function<std::string(const Json& canonical, const Json& given)> label{};
  double doubtful_above = 1e300;  // larger values are allowed, but do not do what they say
  std::string doubt{};            // "is wider than ..."

  Field field{};  // none: run_config.cpp or the program reads it by itself
};

// The value in the key's own type (1 -> 1.0 for a real). Throws a usage error whose place is the key's path.
Json checked(const Key& key, const Json& value);

// From a command line: numbers, true/false, [lists] and "quoted texts" as JSON, anything else as text. A list's
// brackets may be left out where its entries are numbers or quoted: 0.8,1,1.2.
Json parse_option(const Key& key, const std::string& text);

// "a number from 1 to 8", "one of plain, deep, pbn": what --help shows.
std::string allowed_values(const Key& key);

// Whether this configuration's result depends on the setting at all: a head without branches has no depth, and where
// nothing is rotated the angle is idle. Idle settings do not make two runs of one.
bool is_used(const Key& key, const SettingAt& setting);

// "model.head is deep": why it is not used. Empty where it is.
std::optional<std::string> why_idle(const Key& key, const SettingAt& setting);

// "train.sigma 10.0 is wider than ...": what an allowed value does not do. Empty where it does what it says.
std::optional<std::string> doubt_about(const Key& key, const Json& value);

}  // namespace pbn
