// A JSON file of annotations, read with an eye on every type. Errors are data errors that name the place:
// "train.json: [17].joints[3]".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "data/sources/taken_photograph.h"

namespace pbn {

// A value of the file, and where it stands. Looks into the Json that it was made of.
class AnnotationJson {
 public:
  AnnotationJson(const Json& value, std::string file, std::string path = "")
      : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

  std::string where() const { return path_.empty() ? file_ : file_ + ": " + path_; }

  AnnotationJson operator[](std::string_view key) const;            // of an object; throws where it is absent
  bool has(std::string_view key) const;                             // of an object
  std::optional<AnnotationJson> given(std::string_view key) const;  // of an object; nothing where absent or null
  bool is_null() const { return value_->is_null(); }
  std::size_t size() const;                            // of an array
  AnnotationJson operator[](std::size_t index) const;  // of an array

  std::string text() const;
  // Exactly: 1.0, which pandas and MATLAB write, is 1, but nothing that a double or 64 bits cannot tell from its
  // neighbours is taken.
  std::int64_t integer() const;
  std::string id() const;  // the digits of such an integer, from -2^63 to 2^64 - 1: equal for 1 and 1.0
  bool flag() const;       // true, false, or an integer, which is true unless it is 0
  // Coordinates and lengths: finite, at most a million pixels.
  double pixels() const;
  std::vector<double> pixels(std::size_t count) const;           // an array of this size
  std::vector<double> numbers_or_null(std::size_t count) const;  // the same, of any size, NaN for null
  std::vector<bool> flags(std::size_t count) const;              // the same of true, false and numbers

 private:
  void require_size(std::size_t count) const;

  const Json* value_;
  std::string file_;
  std::string path_;  // "annotations[17].keypoints", empty at the root
};

// `width` and `height` of an entry, where they are given.
StatedSize stated_size(const AnnotationJson& entry);

// Ids that may stand only once in a list.
class UniqueIds {
 public:
  // Throws a data error that names both places where the id has been added before.
  void add(const AnnotationJson& id);

 private:
  std::map<std::string, std::string> places_;
};

}  // namespace pbn
