// Predicted people in COCO's keypoint format, which many programs read.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/skeleton.h"

namespace pbn {

// A person found in a photograph, in its pixels: continuous, pixel i covers [i, i+1).
struct FoundPerson {
  std::array<double, 4> box{};  // x, y, width, height: what the network looked at
  std::vector<std::array<double, 2>> joints;
  std::vector<double> confidence;  // height of the heat map's peak, about 0 to 1
};

struct FoundPhotograph {
  std::string name;
  int width = 0, height = 0;
  std::vector<FoundPerson> people;
  Json id{};               // where it has one already
  int turned_by_exif = 1;  // the orientation that its camera noted, where it was turned by that; 1: as it is stored
};

// {"images": [{"id", "file_name", "width", "height", "turned_by_exif"}],
//  "annotations": [{"id", "image_id", "category_id": 1, "bbox": [x, y, w, h], "area", "iscrowd": 0,
//                   "keypoints": [x, y, v, ...], "num_keypoints", "score", "keypoint_scores": [...]}],
//  "categories": [{"id": 1, "name": "person", "keypoints": [part names], "skeleton": [[1, 2], ...]}]}
// v is 2 for every part in the photograph, since a network says nothing about occlusion, and 0 for those outside, which
// num_keypoints does not count; their places are told all the same. keypoint_scores are the confidences, score their
// mean. Identifiers that are not given count from 1 and pass over those that are. All coordinates, width and height are
// of the picture as it was shown: turned_by_exif is there where it was turned from how it is stored. `parts` has what
// was found: a person's joints are in its order.
Json coco_keypoints(const std::vector<FoundPhotograph>& photographs, const Skeleton& parts);

}  // namespace pbn
