// COCO's people (Lin et al., ECCV 2014) with the fourteen parts of Leeds Sports Pose.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn {

// `annotations` is person_keypoints_train2017.json or one like it: images (id, file_name, width, height), annotations
// (id, image_id, category_id, bbox, keypoints, iscrowd) and categories (id, name, supercategory, keypoints: their
// names). Keypoints are read by the names of the annotation's own category, whatever their order
// (coco_categories.h says which categories are people).
//   ankles, knees, hips, wrists, elbows, shoulders   left and right as there
//   neck       the file's own where it has one; else halfway between the shoulders where both are labelled, occluded
//              where one of them is
//   head top   the file's own (head_top, top_head); COCO's has none, and nose, eyes and ears are not near
// Keypoints that are neither of these nor of COCO's face are told of as a remark. v is 0 or null unlabelled, 1
// occluded, 2 visible. Its pixels count from 0 at their centres, and are those of photographs of the stated width and
// height (taken_photograph.h). Boxes: around the middle of bbox, 410/256 times its longer side, as LSP's in training.
// Reference length: the torso, left shoulder to right hip (PCK).
//
// Ids are integers; 1.0 is 1. A person's index is the place among the annotations of its photograph, from 0. Other
// categories than people, crowds, people without a labelled joint and people without a box (absent, null, empty, or
// less than a pixel) are left out. The split's name is the file's without ".json".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the entry; those about an id that
// stands twice name both, and a file of another known format is called by its name.
PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images);

// The same of the file's text, without looking for the photographs; `where` is for errors.
PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images);

}  // namespace pbn
