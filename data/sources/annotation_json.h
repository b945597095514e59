// A JSON file of annotations, read with an eye on every type. Errors are data errors that name the place:
// "train.json: [17].joints[3]".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pbn {

// A value of the file, and where it stands. Looks into the Json that it was made of.
class AnnotationJson {
 public:
  AnnotationJson(const Json& value, std::string file, std::string path = "")
      : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

  std::string where() const { return path_.empty() ? file_ : file_ + ": " + path_; }

  AnnotationJson operator[](std::string_view key) const;  // of an object; throws where it is absent
  bool has(std::string_view key) const;                   // of an object
  std::size_t size() const;                               // of an array
  AnnotationJson operator[](std::size_t index) const;     // of an array

  std::string text() const;
  std::int64_t integer() const;
  // Coordinates and lengths: finite, less than a million pixels.
  double pixels() const;
  std::vector<double> pixels(std::size_t count) const;  // an array of this size

 private:
  const Json* value_;
  std::string file_;
  std::string path_;  // "annotations[17].keypoints", empty at the root
};

}  // namespace pbn
