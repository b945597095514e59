// A YAML reader without surprises: a value is read as it looks, or refused with file:line:column.
// yaml-cpp alone accepts duplicate keys, ignores merge keys (<<) and reads 010 as 8.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::grid {

struct YamlEntry {
  std::string key;
  std::string where;  // file:line:column of the key
  YAML::Node value;
  std::string value_where;
};

struct YamlReader {
  std::function<void(const YamlEntry&)> read;
  Json schema;  // of the value (json_schema.h)
};
using YamlReaders = std::map<std::string, YamlReader>;  // by key

// How to treat plain scalars that are text here but values to YAML 1.2 or Python (foreign_scalar.h).
enum class Ambiguous {
  text,     // as text, because a schema checks the value; null is refused
  refused,  // with an error that shows both spellings; null is a value
};

class StrictYaml {
 public:
  // Throws a usage error for anything but one complete document in UTF-8.
  StrictYaml(const std::string& text, std::string file);

  const YAML::Node& root() const { return root_; }

  // The entries of a map in file order. Throws usage errors for anything but a map, duplicate keys, keys that are not
  // plain words, merge keys and keys without a value.
  std::vector<YamlEntry> entries(const YAML::Node& map, const std::string& where,
                                 Ambiguous ambiguous = Ambiguous::text) const;

  // Calls the reader of each entry of a map. Throws usage errors for keys that have no reader; the message names the
  // key with `prefix` ("worker.") before it.
  void read_map(const YAML::Node& map, const std::string& where, const std::string& prefix,
                const YamlReaders& readers) const;

  // Plain scalars become true, false, decimal numbers (010 is 10) or text. Scalars in quotes or with !!str are text.
  Json value(const YAML::Node& node, const std::string& where, Ambiguous ambiguous = Ambiguous::text) const;

  // The value of an entry. Throw usage errors for any other; `prefix` as above. json_schema.h has the schema of each.
  bool yes_or_no(const YamlEntry& entry, const std::string& prefix = "") const;
  int whole_number(const YamlEntry& entry, int least, int most, const std::string& prefix = "") const;
  std::string choice(const YamlEntry& entry, const std::vector<std::string>& words,
                     const std::string& prefix = "") const;
  static std::string text(const YamlEntry& entry);  // not empty; 1.10 is a text, too
  std::string line(const YamlEntry& entry) const;   // not empty, without line breaks
  std::vector<std::string> lines(const YamlEntry& entry) const;

  std::string place_of(const YAML::Node& node, const std::string& otherwise) const;

 private:
  bool is_written_null(const YAML::Node& node) const;  // false for a missing value
  Json scalar(const YAML::Node& node, const std::string& where, Ambiguous ambiguous) const;
  void require_no_tag(const YAML::Node& node, const std::string& where) const;

  std::string text_, file_;
  YAML::Node root_;
};

}  // namespace pbn::grid
