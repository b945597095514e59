// The sections of a configuration ("data", "model", "train", ...): a grid of 100,000 cells mostly has few different
// ones of each, and each is made, checked and named once. Where it has many, they share their values.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/grid/grid.h"
#include "orchestrator/grid/shared_object.h"

namespace pbn {

struct Section {
  std::string name;
  SharedObject resolved;  // as told, with defaults
  SharedObject settled;   // with groups, precision and places as they are carried out
  std::string identity;   // its part of a run's canonical identity, without braces: "\"model.depth\":2,..."
  std::string label;      // what sets it apart from its like in other cells: "pbn related-5 D1"; or nothing
  std::vector<std::pair<std::string, const Json*>> differing;  // "model.depth": what made the label, in `settled`
};

// "data", "model", "train", "test" and "run"; or "settings" of an own worker.
std::vector<std::string> section_names(bool of_own_worker);
std::string section_of(const std::string& path);      // "model" of "model.depth"
std::string within_section(const std::string& path);  // "depth"; empty for a whole section

// A section's settings by their whole paths, "model.depth": what uses_setting() asks for.
std::function<const Json&(const std::string& path)> settings_in(const SharedObject& section);

// What cells are told about one section: the grid's base settings over the defaults, and the values of axes over both.
class SectionVariants {
 public:
  SectionVariants(const Grid& grid, std::string name, SharedValues& values);

  // Equal ones have equal numbers, from 0.
  std::size_t number_of(const std::vector<std::pair<const Axis*, std::size_t>>& choice);
  const SharedObject& operator[](std::size_t number) const { return variants_[number]; }

  // Whether it has one of the axis' values, and uses that key at all.
  bool fits(const Axis& axis, std::size_t number);

 private:
  std::string name_;
  bool own_worker_;
  Json base_;
  SharedValues& values_;
  std::map<SharedObject, std::size_t> known_;
  std::vector<SharedObject> variants_;
  std::map<std::pair<const Axis*, std::size_t>, bool> fits_;
};

}  // namespace pbn
