// Leeds Sports Pose (LSP) and its extension: folders with joints.mat and numbered photographs of one person each.
#pragma once

#include <filesystem>

#include "data/sources/photographs.h"

namespace pbn::data {

enum class LspSplit { train, test };

// Leeds Sports Pose (Johnson & Everingham, BMVC 2010): 2,000 photographs, all 14 joints labelled.
//
// `folder` contains joints.mat and images/im0001.jpg to imN, which may also be .jpeg or .png, in lower or upper case.
// The variable joints (3, 14, N) holds x, y, and 1 if the joint is OCCLUDED. Pixels count from 1 at their centres, as
// in MATLAB. The first half is for training, the second for testing: 1-1000 and 1001-2000.
//
// Training boxes are centred on the body, their side is 410/256 times the longer side of the joints' bounding box. Test
// boxes are those of the photograph (box_of_photograph), so that nothing is derived from the true pose. The reference
// length is the torso, left shoulder to right hip (PCK).
//
// `annotations` replaces the folder's joints.mat, for example by corrected joints (Table 5). They must be
// person-centric like LSP's: the right ankle is the person's right one.
//
// Throws a usage error for a missing folder and data errors for missing or malformed content.
PhotographSet read_lsp(const std::filesystem::path& folder, LspSplit split,
                       const std::filesystem::path& annotations = {});

// All people of LSP's joints.mat, in its order, without photographs and boxes.
PhotographSet read_lsp_joints(const std::filesystem::path& joints);

// The extended training set (Johnson & Everingham, CVPR 2011): 10,000 photographs, annotated by Amazon Mechanical Turk.
//
// As above, except that the photographs are images/im00001.jpg to imN, all for training, and that the variable joints
// (14, 3, N) holds x, y, and 1 if the joint was ANNOTATED. The coordinates of other joints are meaningless, and
// occlusion is unknown. People with fewer than two joints get the photograph's box, those without shoulder or hip no
// reference length.
PhotographSet read_lspet(const std::filesystem::path& folder);

}  // namespace pbn::data
