// COCO's people (Lin et al., ECCV 2014), read with the fourteen parts of Leeds Sports Pose.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn::data {

// `annotations` is person_keypoints_train2017.json or a similar file: images (id, file_name, width, height),
// annotations (id, image_id, category_id, bbox, keypoints, iscrowd) and categories (id, name, supercategory, names of
// the keypoints). Keypoints are identified by the names in the annotation's category, in any order (coco_categories.h
// selects the categories of people).
//   ankles, knees, hips, wrists, elbows, shoulders   left and right as in the file
//   neck       the file's own if there is one; else halfway between the shoulders if both are labelled, and occluded if
//              one of them is
//   head top   the file's own (head_top, top_head); COCO has none, and nose, eyes and ears are not close to it
// Other keypoints, except those of COCO's face, are mentioned in a remark. v is 0 or null for unlabelled, 1 for
// occluded, 2 for visible. Pixels count from 0 at their centres, in a photograph of the stated width and height
// (oriented_photograph.h). The box is centred on bbox, its side is 410/256 times the longer side of bbox, as for LSP's
// training. The reference length is the torso, left shoulder to right hip (PCK).
//
// Ids are integers; 1.0 equals 1. A person's index counts the annotations of its photograph from 0. Annotations of
// other categories, crowds, people without a labelled joint and people without a box (absent, null, empty, or smaller
// than a pixel) are left out. The split is named after the file, without ".json".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the entry. Errors about a
// repeated id name both entries; a file of another known format is named.
PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images);

// Parses the text of the file without looking for the photographs; `where` is for errors.
PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images);

}  // namespace pbn::data
