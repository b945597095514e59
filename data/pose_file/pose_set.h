// Several pose files as one set: the data of training or validation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/pose_file/pose_file.h"

namespace pbn::data {

// People are numbered file by file and have the parts of one skeleton. Files of another skeleton are mapped by part
// names: missing parts are unlabelled, additional parts are dropped. Files may differ in extent, encoding and reference
// length.
class PoseSet {
 public:
  // Without `as`, the skeleton of the first file. `as` must outlive the set. Throws a usage error if there is no file
  // or the input sides differ.
  explicit PoseSet(std::vector<PoseFile> files, const config::Skeleton* as = nullptr);
  explicit PoseSet(PoseFile file);

  std::int64_t size() const;
  const config::Skeleton& skeleton() const { return *skeleton_; }
  int input_pixels() const;  // box_pixels of the files
  std::vector<std::string> fingerprints() const;
  const std::vector<PoseFile>& files() const { return files_; }
  const Person& person(std::int64_t index) const;      // with the parts of skeleton()
  const PoseFileInfo& info(std::int64_t index) const;  // of the person's file
  void read_crop(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;  // see PoseFile

 private:
  struct Place {
    std::size_t file;
    std::int64_t index;  // within the file
  };
  Place place_of(std::int64_t index) const;

  std::vector<PoseFile> files_;
  const config::Skeleton* skeleton_;
  std::vector<std::vector<Person>> mapped_;  // (files) people mapped from another skeleton; empty if not mapped
  std::vector<std::int64_t> ends_;           // (files) cumulative number of people
};

// Maps a person to the parts of another skeleton by their names.
Person with_parts_of(const config::Skeleton& to, const Person& person, const config::Skeleton& from);

// Throws a usage error, placed at the option that named the file, if no person has a labelled joint, as in MPII's test
// split, which can be predicted but neither trained on nor evaluated.
void require_labelled_joints(const PoseFile& file, const std::string& option);

}  // namespace pbn::data
