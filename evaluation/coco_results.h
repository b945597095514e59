// Predictions as COCO's results, which pycocotools, COCO's server and `pbn evaluate` read.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "data/pose_file/pose_file.h"
#include "evaluation/predictions.h"

namespace pbn::evaluation {

// [{"image_id", "category_id", "keypoints": [x, y, confidence, ...], "score"}, ...], one entry per person. Keypoints
// are in the order of the category in `truth`, a file like person_keypoints_*.json, and found by their names
// ("left_knee" is "l-knee", "Root of tail" "root-of-tail"); those that the network does not predict are 0, 0, 0. Pixels
// count from 0 at their centres, as COCO's do, and are rounded to thousandths. The score is the mean confidence of the
// predicted keypoints, or 1 where the predictions have none. Where the truth is COCO-WholeBody's, foot_kpts, face_kpts,
// lefthand_kpts and righthand_kpts are written likewise.
//
// `predictions` are of `people`, a pose file that was prepared from `truth`. Throws data errors that name a person
// whose photograph or annotation the truth does not have, and a category without names of keypoints.
Json coco_results(const Predictions& predictions, const data::PoseFile& people, const std::filesystem::path& truth);

// `predictions` is predictions.json of `pbn predict --boxes TRUTH`, which keeps the ids of COCO's photographs. The
// truth must have one category with keypoints.
Json coco_results(const std::filesystem::path& predictions, const std::filesystem::path& truth);

}  // namespace pbn::evaluation
