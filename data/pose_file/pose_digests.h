// The two digests in a pose file (docs/file-formats.md). The fingerprint covers everything that training and evaluation
// see; runs identify their data by it. people_sha256 covers the people but not the pixels, and is cheap enough to be
// checked whenever a file is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "data/pose_file/people.h"

namespace pbn::data {

// A column as digests and files take it.
template <typename T>
std::span<const T> view(const std::vector<T>& values) {
  return values;
}

struct PoseFileInfo;
class PoseFile;

// The datasets people/*, in row-major order, of N people with K parts.
struct PeopleColumns {
  std::vector<float> joints;  // (N, K, 2)
  std::vector<std::uint8_t> labelled;
  std::vector<std::int8_t> occluded;
  std::vector<double> crop_to_image;  // (N, 2, 3)
  std::vector<float> reference_length;
  std::vector<std::int32_t> person_index;
  std::vector<std::string> image_name;

  // Writes zeros for unlabelled parts, so that equal people give equal bytes.
  void add(const Person& person);
};

// Neither digest covers image names: renaming a photograph does not change the data.
std::string people_sha256(const PoseFileInfo& info, const PeopleColumns& people);

// Computes a fingerprint person by person; `stored` is the crop as it is in the file.
class PoseFingerprint {
 public:
  PoseFingerprint(const PoseFileInfo& info, std::int64_t people);
  void add(const Person& person, std::span<const std::uint8_t> stored);
  std::string hex() { return sum_.hex(); }

 private:
  bool is_jpeg_;
  Sha256 sum_;
};

// Computes the fingerprint of a file's content by reading all of it. It equals the fingerprint in the file unless the
// file was changed since `pbn prepare` wrote it.
std::string fingerprint_of_content(const PoseFile& file);

struct PoseFileRenewal {
  std::string before, after;  // fingerprints
  bool changed = false;       // false if both digests matched the content
};

// Replaces the digests of a pose file that was edited by those of its present content, atomically. Throws data errors
// for what is not a pose file, except for digests that do not match.
PoseFileRenewal renew_pose_file(const std::filesystem::path& file);

}  // namespace pbn::data
