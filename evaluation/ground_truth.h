// The annotated joints that predictions are measured against.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "data/pose_file/people.h"
#include "data/pose_file/pose_file.h"

namespace pbn::evaluation {

struct GroundTruth {
  const config::Skeleton* skeleton = nullptr;
  std::string reference;                      // "head": PCKh; "torso", "box" or "pair": PCK
  std::vector<std::array<double, 2>> joints;  // (N * K) image pixels
  std::vector<bool> labelled;                 // (N * K)
  std::vector<data::Occlusion> occluded;      // (N * K)
  std::vector<double> reference_length;       // (N) image pixels
  std::string source = "ground truth";        // the file it was read from, for messages
  std::string fingerprint{};                  // of the pose file; empty for other kinds of file

  std::int64_t people() const { return static_cast<std::int64_t>(reference_length.size()); }
};

GroundTruth ground_truth(const data::PoseFile& file);

// Reads one of these kinds of file, recognised by content:
//   a pose file
//   Newell's valid.h5: part (N, 16, 2), visible (N, 16), normalize (N). A joint at (0, 0) is not labelled; a labelled
//     joint with visible = 0 is occluded.
//   MPII's detections_our_format.mat: pos_gt_src (16, 2, N), jnt_missing (16, N), headboxes_src (2, 2, N). It does not
//     annotate occlusion; pass Newell's valid.h5 as `visibility`.
//   LSP's joints.mat: joints (3, 14, N), reference torso. `people` is the number of predicted people: if the file has
//     twice as many, only its second half is read, the test people.
// `visibility`, unless empty, is a ground truth of the same people in the same order; only its annotation of visible
// and occluded joints is used. Throws data errors that name file and dataset.
GroundTruth read_ground_truth(const std::filesystem::path& file, const std::filesystem::path& visibility = {},
                              std::int64_t people = 0);

}  // namespace pbn::evaluation
