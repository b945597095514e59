// Reading a JSON file of annotations with checks of every type. Errors are data errors that name the place:
// "train.json: [17].joints[3]".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "data/sources/oriented_photograph.h"

namespace pbn::data {

// A value of the file and its path. Refers to the Json it was made from.
class AnnotationJson {
 public:
  AnnotationJson(const Json& value, std::string file, std::string path = "")
      : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

  std::string where() const { return path_.empty() ? file_ : file_ + ": " + path_; }

  AnnotationJson operator[](std::string_view key) const;            // of an object; throws if absent
  bool has(std::string_view key) const;                             // of an object
  std::optional<AnnotationJson> given(std::string_view key) const;  // of an object; nothing if absent or null
  bool is_null() const { return value_->is_null(); }
  std::size_t size() const;                            // of an array
  void require_size(std::size_t count) const;          // of an array; throws if it has another size
  AnnotationJson operator[](std::size_t index) const;  // of an array

  std::string text() const;
  // Accepts 1.0, as pandas and MATLAB write it, for 1. Refuses numbers that a double or 64 bits cannot represent
  // exactly.
  std::int64_t integer() const;
  std::string id() const;  // the digits of an integer from -2^63 to 2^64 - 1; equal for 1 and 1.0
  bool flag() const;       // true, false or an integer (0 is false)
  double number() const;   // of any size
  // A coordinate or length: finite, at most a million pixels.
  double pixels() const;
  std::vector<double> pixels(std::size_t count) const;           // an array of this size
  std::vector<double> numbers_or_null(std::size_t count) const;  // an array of unbounded numbers; null becomes NaN
  std::vector<bool> flags(std::size_t count) const;              // an array of true, false and numbers

 private:
  template <typename T, typename Convert>  // convert(value, index)
  std::vector<T> converted(std::size_t count, const Convert& convert) const;

  const Json* value_;
  std::string file_;
  std::string path_;  // "annotations[17].keypoints"; empty at the root
};

// `width` and `height` of an entry, if given.
StatedSize stated_size(const AnnotationJson& entry);

// Ids that may occur only once in a list.
class UniqueIds {
 public:
  // Throws a data error that names both places if the id was added before.
  void add(const AnnotationJson& id);

 private:
  std::map<std::string, std::string> places_;
};

}  // namespace pbn::data
