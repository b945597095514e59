// The keys that a grid may set, and their values in the keys' own types: the schema's for pbn_worker, whatever stands
// under "settings" for an external worker.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/grid.h"

namespace pbn {

class GridKeys {
 public:
  explicit GridKeys(bool of_external_worker) : is_external_(of_external_worker) {}

  // Whether settings stand under this path: a key's own, or a section of keys. `is_map`: of what is written there.
  bool is_key(const std::string& path, bool is_map) const;
  bool is_section(const std::string& path) const;

  // The value in the key's own type. Groups without `from` are completed once the training file is known.
  // Throws usage errors placed at `where`.
  Json checked(const std::string& path, const Json& value, const std::string& where) const;

  // Whether a list in a block is one value of its key and not several.
  bool is_one_value(const std::string& path, const Json& value) const;

  // "did you mean": what to write instead of an unknown path.
  std::string hint(const std::string& path) const;

  // "key=value" of --set, and "key=value,value" of --only. `known` are the keys of the grid: with an external worker no
  // other can be set. Throws usage errors that name the option.
  std::pair<std::string, Setting> parse_set(const std::string& text, const std::vector<std::string>& known) const;
  Axis parse_only(const std::string& text, const std::vector<std::string>& known) const;

 private:
  Json parse_value(const std::string& path, const std::string& text, const std::string& where) const;
  void require_key(const std::string& path, const std::string& option, const std::vector<std::string>& known) const;

  bool is_external_;
};

// With an external worker nothing but the grid itself says what its keys are: every key must have one type wherever it
// is set (whole numbers and others are one), and none may be a value here and a section there. Throws usage errors.
void require_consistent_settings(const Grid& grid);

}  // namespace pbn
