// Joints of people relative to their boxes: the input to the estimate of relatedness (Sec. 3.1).
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "data/pose_file/pose_file.h"
#include "data/sources/newell.h"

namespace pbn::data {

// Joints (K, 2) relative to the centre of the person's box, in sides of the box: -0.5..0.5 is inside. labelled (K).
struct BoxPose {
  std::vector<std::array<double, 2>> joints;
  std::vector<bool> labelled;
};

struct PoseSource {
  std::string file;
  std::string fingerprint;  // SHA-256 of its content
};

struct BoxPoses {
  const config::Skeleton* skeleton = nullptr;
  std::vector<PoseSource> sources;
  std::vector<BoxPose> people;
};

BoxPoses box_poses(const PoseFile& file);
BoxPoses box_poses(const NewellAnnotations& annotations);  // the box has 200 * scale pixels to a side

// Reads pose files, or Newell's train.h5 and valid.h5, recognised by content. The people of all files have the parts of
// the first one: parts that another file lacks are unlabelled, and its additional ones are dropped. There is at least
// one file. Throws a data error for any other file.
BoxPoses read_box_poses(const std::vector<std::filesystem::path>& files);

std::string names_of(const std::vector<PoseSource>& sources);  // "lsp-train.h5, lspet.h5"

}  // namespace pbn::data
