// JSON objects of which a sweep has thousands that differ in a value or two: equal values are kept once.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/json.h"

namespace pbn {

// What it refers to lives as long as any object that holds it, also without the SharedValues that made it. Those of one
// SharedValues are equal when their canonical texts are; their order means nothing.
class SharedObject {
 public:
  const Json& at(const std::string& path) const;  // dotted, "augment.rotate"; null where there is none
  Json json() const;

  // Its members, by name.
  std::size_t size() const { return values_.size(); }
  const std::string& name(std::size_t i) const { return (*names_)[i]; }
  const Json& value(std::size_t i) const { return *values_[i]; }

  auto operator<=>(const SharedObject&) const = default;

 private:
  friend class SharedValues;

  std::shared_ptr<const std::vector<std::string>> names_;  // sorted
  std::vector<std::shared_ptr<const Json>> values_;
};

class SharedValues {
 public:
  SharedObject share(const Json& object);

 private:
  std::map<std::vector<std::string>, std::shared_ptr<const std::vector<std::string>>> names_;
  std::unordered_map<std::string, std::shared_ptr<const Json>> values_;  // by canonical text: 1 and 1.0 are two
};

}  // namespace pbn
