// Pose files can hold people that are valid but probably a mistake. They are counted, for warnings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/pose_file/pose_file.h"

namespace pbn::data {

struct PeopleWarnings {
  std::int64_t people = 0, labelled = 0;  // all people, all their labelled joints

  std::int64_t without_joints = 0;            // people without a labelled joint: nothing is learned from them
  std::int64_t without_reference_length = 0;  // people whose head size or torso length is 0
  std::int64_t without_torso = 0;             // people whose right shoulder coincides with their left hip
  std::int64_t in_one_place = 0;              // people with several labelled joints, all in the same place
  std::int64_t outside = 0;                   // joints outside the crop: not trained
  std::int64_t far_outside = 0;  // of these, joints further outside than the crop is wide: in no augmented view

  // A sentence for each kind with a count, except `outside`: "3 people have no labelled joint". `reference` is
  // PoseFileInfo's.
  std::vector<std::string> sentences(const std::string& reference) const;
};

PeopleWarnings warnings_about(const PoseFile& file);

}  // namespace pbn::data
