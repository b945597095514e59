// COCO's keypoint format (Lin et al., ECCV 2014): people, read with the fourteen parts of Leeds Sports Pose, or
// anything with the parts that the file itself names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "data/sources/photographs.h"

namespace pbn::data {

// Which parts are read. "" reads lsp14's where the file has people with ankles, knees, hips, wrists, elbows and
// shoulders, and otherwise the file's own.
struct CocoOptions {
  std::string as{};                // "lsp14", "own" or ""
  std::string category{};          // of the file's own: the category that is read; "": all, with equal keypoints
  std::optional<Json> skeleton{};  // of the file's own: replaces members of its definition (own_skeleton.h)
  std::string skeleton_where{};    // the file that holds it
  std::string part{};              // of COCO-WholeBody instead: "face", "whole", ... (whole_body.h)
};

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
// The file's own parts (own_skeleton.h) are read likewise: hands, animals, and the exports of CVAT and Label Studio.
// Where there is no bbox, it is that of the joints. The reference length is the skeleton's: the longer side of bbox
// ("box"), the torso, or the distance of two parts; people in whom one of them is not labelled are left out.
//
// COCO-WholeBody's parts are read from their own lists where these are valid; the box is that of the face or the hand,
// around the joints of feet, and otherwise bbox. Only feet and body say what is occluded.
//
// Ids are integers; 1.0 equals 1. A person's index counts the annotations of its photograph from 0. Annotations of
// other categories, crowds, people without a labelled joint and people without a box (absent, null, empty, or smaller
// than a pixel) are left out. The split is named after the file, without ".json".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the entry. Errors about a
// repeated id name both entries; a file of another known format is named.
PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images,
                        const CocoOptions& options = {});

// Parses the text of the file without looking for the photographs; `where` is for errors.
PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images,
                         const CocoOptions& options = {});

}  // namespace pbn::data
