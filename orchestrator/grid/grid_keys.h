// The keys that a grid may set and the types of their values. With pbn_worker they are those of config/schema.h; with
// an external worker, every key under "settings".
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/grid.h"

namespace pbn::grid {

inline constexpr const char* list_value_hint = "in a block, put a value that is a list inside another list: [[32, 32]]";

class GridKeys {
 public:
  explicit GridKeys(bool is_external) : is_external_(is_external) {}

  // Whether the path names a key, or a section that contains keys. `is_map` tells whether the grid gives a map there.
  bool is_key(const std::string& path, bool is_map) const;
  bool is_section(const std::string& path) const;

  // The value converted to the key's type. Throws usage errors placed at `where`.
  Json checked(const std::string& path, const Json& value, const std::string& where) const;

  // Whether a list in a block is a single value of its key and not a list of alternatives.
  bool is_one_value(const std::string& path, const Json& value) const;

  // What to write instead of an unknown path: "did you mean ...".
  std::string hint(const std::string& path) const;

  // Parse "key=value" of --set and "key=value,value" of --only. `known` are the grid's keys: with an external worker no
  // other key can be set. Throw usage errors that name the option.
  std::pair<std::string, Setting> parse_set(const std::string& text, const std::vector<std::string>& known) const;
  Axis parse_only(const std::string& text, const std::vector<std::string>& known) const;

 private:
  Json parse_value(const std::string& path, const std::string& text, const std::string& where) const;
  void require_key(const std::string& path, const std::string& option, const std::vector<std::string>& known) const;

  bool is_external_;
};

// Only the grid defines the keys of an external worker. Throws usage errors unless every key has the same type wherever
// it is set (all numbers are one type) and no key is a value in one place and a section in another.
void require_consistent_settings(const Grid& grid);

}  // namespace pbn::grid
