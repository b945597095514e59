// Several pose files as one: what a run trains on or is validated with.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/pose_file/pose_file.h"

namespace pbn {

// One numbered set of people, the first file's first, with the parts of one skeleton. A file of another skeleton is
// mapped by the names of the parts: what it lacks is unlabelled, what it has beyond is dropped. Crops may differ in
// extent and encoding from file to file, reference lengths in what they measure.
class PoseSet {
 public:
  // `as` must outlive the set; without it: the first file's skeleton. Throws a usage error when there is no file, or
  // when input sides differ.
  explicit PoseSet(std::vector<PoseFile> files, const Skeleton* as = nullptr);
  explicit PoseSet(PoseFile file);

  std::int64_t size() const;
  const Skeleton& skeleton() const { return *skeleton_; }
  int input_pixels() const;  // box_pixels of the files
  std::vector<std::string> fingerprints() const;
  const std::vector<PoseFile>& files() const { return files_; }
  const Person& person(std::int64_t index) const;      // with the parts of skeleton()
  const PoseFileInfo& info(std::int64_t index) const;  // of the file that has this person
  void read_crop(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;  // as of a PoseFile

 private:
  struct Place {
    std::size_t file;
    std::int64_t index;  // within the file
  };
  Place place_of(std::int64_t index) const;

  std::vector<PoseFile> files_;
  const Skeleton* skeleton_;
  std::vector<std::vector<Person>> mapped_;  // (files) people of a file of another skeleton; else empty
  std::vector<std::int64_t> ends_;           // (files) running number of people
};

// The person with the parts of another skeleton, by their names.
Person with_parts_of(const Skeleton& to, const Person& person, const Skeleton& from);

// Throws a usage error, placed at the option that named the file, when nobody in it has a labelled joint, as in the
// test split of MPII: it can be predicted, but neither trained on nor evaluated.
void require_labelled_joints(const PoseFile& file, const std::string& option);

}  // namespace pbn
