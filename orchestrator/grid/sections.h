// The sections of a configuration ("data", "model", "train", ...): a grid of 100,000 cells has few different ones of
// each, and each is made, checked and named once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orchestrator/grid/grid.h"

namespace pbn {

struct Section {
  std::string name;
  std::shared_ptr<const Json> resolved;  // as told, with defaults
  std::shared_ptr<const Json> settled;   // with groups, precision and places as they are carried out; often the same
  std::string identity;             // its part of a run's canonical identity, without braces: "\"model.depth\":2,..."
  std::string label;                // what sets it apart from its like in other cells: "pbn related-5 D1"; or nothing
  Json differing = Json::object();  // {"model.depth": 1}: the settings that the label was made from
};

// "data", "model", "train", "test" and "run"; or "settings" of an own worker.
std::vector<std::string> section_names(bool of_own_worker);
std::string section_of(const std::string& path);      // "model" of "model.depth"
std::string within_section(const std::string& path);  // "depth"; empty for a whole section

// A configuration of this section alone: {"model": {...}}.
Json alone(const std::string& name, const Json& section);

// What cells are told about one section: the grid's base settings over the defaults, and the values of axes over both.
class SectionVariants {
 public:
  SectionVariants(const Grid& grid, std::string name);

  // Equal ones have equal numbers, from 0.
  std::size_t number_of(const std::vector<std::pair<const Axis*, std::size_t>>& choice);
  const std::shared_ptr<const Json>& operator[](std::size_t number) const { return variants_[number]; }

  // Whether it has one of the axis' values, and uses that key at all.
  bool fits(const Axis& axis, std::size_t number);

 private:
  std::string name_;
  bool own_worker_;
  Json base_;
  std::unordered_map<std::string, std::size_t> known_;  // by the digest of the canonical text
  std::vector<std::shared_ptr<const Json>> variants_;
  std::map<std::pair<const Axis*, std::size_t>, bool> fits_;
};

}  // namespace pbn
