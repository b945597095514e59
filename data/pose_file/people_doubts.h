// What is allowed in a pose file, but is a mistake more often than not: counted, so that people are told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/pose_file/pose_file.h"

namespace pbn {

struct PeopleDoubts {
  std::int64_t people = 0, labelled = 0;  // all people, all their labelled joints

  std::int64_t without_joints = 0;            // people with no labelled joint: nothing is learned from them
  std::int64_t without_reference_length = 0;  // people whose head size or torso is 0
  std::int64_t without_torso = 0;             // people whose right shoulder lies on their left hip
  std::int64_t in_one_place = 0;              // people with several labelled joints, all at the same place
  std::int64_t outside = 0;                   // joints beyond the edge of the crop: not trained
  std::int64_t far_outside = 0;  // of these, joints further from it than the crop is wide: in no augmented view

  // One for each kind that there is, but for joints outside that are not far: "3 people have no labelled joint".
  // `reference` is "head" or "torso".
  std::vector<std::string> sentences(const std::string& reference) const;
};

PeopleDoubts doubts_about(const PoseFile& file);

}  // namespace pbn
