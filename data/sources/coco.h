// COCO's people (Lin et al., ECCV 2014) with the fourteen parts of Leeds Sports Pose.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn {

// `annotations` is person_keypoints_train2017.json or one like it: images (id, file_name), annotations (image_id, bbox,
// keypoints, iscrowd) and categories (keypoints: their names).
//   ankles, knees, hips, wrists, elbows, shoulders   COCO's own, left and right as there
//   neck       halfway between the shoulders where both are labelled; occluded where one of them is
//   head top   unlabelled: COCO has nose, eyes and ears, none of which is near
// COCO's v is 0 unlabelled, 1 occluded, 2 visible. Its pixels count from 0 at their centres.
// Boxes: around the middle of bbox, 410/256 times its longer side, as LSP's in training. Reference length: the torso,
// left shoulder to right hip (PCK).
//
// A person's index is the place among the annotations of its photograph, from 0. Crowds, people without any of the
// twelve labelled and people without a box are left out. The split's name is the file's without ".json".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the entry.
PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images);

// The same of the file's text, without looking for the photographs; `where` is for errors.
PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images);

}  // namespace pbn
