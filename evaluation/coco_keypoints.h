// Predicted people in COCO's keypoint format.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/skeleton.h"

namespace pbn::evaluation {

// A person found in a photograph. Coordinates are continuous pixels of the photograph: pixel i covers [i, i+1).
struct FoundPerson {
  std::array<double, 4> box{};  // x, y, width, height of the network's input
  std::vector<std::array<double, 2>> joints;
  std::vector<double> confidence;  // height of the heat map's peak, about 0 to 1
};

struct FoundPhotograph {
  std::string name;
  int width = 0, height = 0;
  std::vector<FoundPerson> people;
  Json id{};               // null: coco_keypoints assigns one
  int turned_by_exif = 1;  // the EXIF orientation that was applied to the stored picture; 1: none
};

// What the parts are of: "person" for the shipped skeletons; otherwise the skeleton's name without the number of parts
// at its end, "dog" of dog17.
std::string category_name(const config::Skeleton& skeleton);

// {"images": [{"id", "file_name", "width", "height", "turned_by_exif"}],
//  "annotations": [{"id", "image_id", "category_id": 1, "bbox": [x, y, w, h], "area", "iscrowd": 0,
//                   "keypoints": [x, y, v, ...], "num_keypoints", "score", "keypoint_scores": [...]}],
//  "categories": [{"id": 1, "name": category_name, "keypoints": [part names], "skeleton": [[1, 2], ...]}]}
// v is 2 for every part inside the photograph, since the network does not predict occlusion. Parts outside have v = 0
// and are not counted in num_keypoints, but keep their coordinates. keypoint_scores are the confidences, score is their
// mean. Missing identifiers are assigned from 1 on; identifiers in use are skipped. Coordinates, width and height refer
// to the picture after its EXIF orientation was applied; turned_by_exif is left out where that changed nothing. Each
// person's joints are in the order of `parts`.
Json coco_keypoints(const std::vector<FoundPhotograph>& photographs, const config::Skeleton& parts);

}  // namespace pbn::evaluation
