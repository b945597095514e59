// COCO-WholeBody (Jin et al., ECCV 2020): COCO's people with feet, face and hands. Its files are COCO's, whose
// annotations and results have further lists of keypoints: foot_kpts, face_kpts, lefthand_kpts and righthand_kpts.
#pragma once

#include <string>
#include <vector>

#include "config/skeleton.h"

namespace pbn::data {

// One list of triples x, y, v of an annotation.
struct KeypointList {
  std::string keypoints;      // "face_kpts"
  std::string valid{};        // "face_valid": false where it was too blurred to be annotated; empty: always valid
  std::string box{};          // "face_box": around the keypoints; empty: there is none
  bool has_occlusion = true;  // v = 1 means occluded; otherwise labelled
  std::vector<std::string> parts{};
};

// A choice of lists, read as one skeleton with the lists' parts in their order.
struct WholeBodyPart {
  std::string name;
  const config::Skeleton* skeleton = nullptr;
  std::vector<KeypointList> lists{};
  std::string box{};  // the annotation's member with the box around them; empty: there is none
};

// "body" is coco17; "whole" wholebody133, with its order and sigmas as in the authors' evaluation; "feet", "face",
// "left-hand" and "right-hand" are feet6, face68, left-hand21 and right-hand21, the parts of wholebody133 alone. Throws
// a usage error that lists the names.
WholeBodyPart whole_body_part(const std::string& name);

const std::vector<std::string>& whole_body_part_names();

}  // namespace pbn::data
