// The two sums that stand in a pose file (docs/file-formats.md): its fingerprint, over all that training or evaluation
// sees, by which runs know their data, and that of its people, which leaves out the pixels and is so cheap that every
// opening makes it again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "data/pose_file/people.h"

namespace pbn {

// The values of a column as a digest or a file takes them.
template <typename T>
std::span<const T> view(const std::vector<T>& values) {
  return values;
}

struct PoseFileInfo;
class PoseFile;

// What lies in people/*, each dataset row by row, of N people with K parts.
struct PeopleColumns {
  std::vector<float> joints;  // (N, K, 2)
  std::vector<std::uint8_t> labelled;
  std::vector<std::int8_t> occluded;
  std::vector<double> crop_to_image;  // (N, 2, 3)
  std::vector<float> reference_length;
  std::vector<std::int32_t> person_index;
  std::vector<std::string> image_name;

  // Coordinates of an unlabelled part are nobody's business: zeros, so that equal people are equal bytes.
  void add(const Person& person);
};

// Neither sum takes the names of images: a renamed photograph is the same data.
std::string people_sha256(const PoseFileInfo& info, const PeopleColumns& people);

// A fingerprint in the making, person by person; `stored` as the file holds the crop.
class PoseFingerprint {
 public:
  PoseFingerprint(const PoseFileInfo& info, std::int64_t people);
  void add(const Person& person, std::span<const std::uint8_t> stored);
  std::string hex() { return sum_.hex(); }

 private:
  bool is_jpeg_;
  Sha256 sum_;
};

// The fingerprint that our writer would give this file's content: reads all of it. Of a file that `pbn prepare` wrote
// it is the one that stands in it, or the file was changed.
std::string fingerprint_of_content(const PoseFile& file);

}  // namespace pbn
