// The true joints that predictions are measured against.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "data/people.h"
#include "data/pose_file.h"

namespace pbn {

struct GroundTruth {
  const Skeleton* skeleton = nullptr;
  std::string reference;                      // "head": PCKh, "torso": PCK
  std::vector<std::array<float, 2>> joints;   // (N * K) image pixels
  std::vector<bool> labelled;                 // (N * K)
  std::vector<Occlusion> occluded;            // (N * K)
  std::vector<float> reference_length;        // (N) image pixels

  std::int64_t people() const { return static_cast<std::int64_t>(reference_length.size()); }
};

GroundTruth ground_truth(const PoseFile& file);

// A pose file, Newell's valid.h5, or MPII's detections_our_format.mat: recognised by content.
GroundTruth read_ground_truth(const std::filesystem::path& file);

}  // namespace pbn
