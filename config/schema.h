// Everything that a run can be told, in one place: grids, the worker's options and config.json all follow this list.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

enum class Kind { boolean, integer, real, text, texts, reals, groups };

struct Key {
  std::string path;  // "model.depth"
  Kind kind;
  Json standard;                          // the default; it never changes, because defaults stay out of a run's digest
  std::string help;                       // one line, with the unit and the paper's section where it has one
  bool identity = true;                   // changes the mathematics, so it belongs to the run's identity
  std::vector<std::string> choices = {};  // of a text; empty: any
  double least = -1e300;                  // of a number, or of each in a list
  double most = 1e300;
};

std::span<const Key> all_keys();

// Null where there is none; `unknown_key` says what to write instead.
const Key* find_key(const std::string& path);
std::string unknown_key_hint(const std::string& path);

// The value in the key's own type (1 -> 1.0 for a real). Throws a usage error whose place is the key's path.
Json checked(const Key& key, const Json& value);

// From a command line: numbers, true/false, [lists] and "quoted texts" as JSON, anything else as text. A list's
// brackets may be left out where its entries are numbers or quoted: 0.8,1,1.2.
Json parse_option(const Key& key, const std::string& text);

// "a number from 1 to 8", "plain, deep or pbn": what --help shows.
std::string allowed_values(const Key& key);

// A configuration is nested by the keys' paths: {"model": {"depth": 1, ...}, ...}.
// Fills in the defaults and checks every value. Throws usage errors; `where` is the file or grid they stand in.
Json resolve(const Json& given, const std::string& where);

}  // namespace pbn
