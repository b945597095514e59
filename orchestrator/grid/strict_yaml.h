// YAML without its surprises: what a person writes is what is read, or it is refused with file:line:column.
// yaml-cpp alone would accept a key given twice, ignore merge keys (<<) and read 010 as 8.
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

struct YamlEntry {
  std::string key;
  std::string where;  // of the key: file:line:column
  YAML::Node value;
  std::string value_where;
};

// Of plain scalars that YAML 1.2 or Python read as values and we as texts, and of null.
enum class Doubtful {
  taken,    // for texts, where a schema says what a value may be; null is refused
  refused,  // with how to write either; null is a value
};

class StrictYaml {
 public:
  // Throws a usage error for anything that is not one whole document in UTF-8.
  StrictYaml(const std::string& text, std::string file);

  const YAML::Node& root() const { return root_; }

  // The entries of a map in their written order. Throws usage errors for anything but a map, for keys given twice,
  // keys that are not plain words, merge keys and keys without a value.
  std::vector<YamlEntry> entries(const YAML::Node& map, const std::string& where,
                                 Doubtful doubtful = Doubtful::taken) const;

  // Plain scalars become true/false, decimal numbers (010 is 10) or text; quoted ones and those with !!str are text.
  Json value(const YAML::Node& node, const std::string& where, Doubtful doubtful = Doubtful::taken) const;

  std::string place_of(const YAML::Node& node, const std::string& otherwise) const;

 private:
  bool is_written_null(const YAML::Node& node) const;  // and not a value that is missing
  Json scalar(const YAML::Node& node, const std::string& where, Doubtful doubtful) const;
  void require_no_tag(const YAML::Node& node, const std::string& where) const;

  std::string text_, file_;
  YAML::Node root_;
};

}  // namespace pbn
