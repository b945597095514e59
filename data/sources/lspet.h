// Leeds Sports Pose, extended training set (Johnson & Everingham, CVPR 2011): 10,000 photographs of one person each,
// annotated by Amazon Mechanical Turk.
#pragma once

#include <filesystem>

#include "data/sources/photographs.h"

namespace pbn {

// `folder` holds joints.mat, whose variable joints (14, 3, N) is x, y and 1 where the joint was ANNOTATED (LSP's third
// value means something else); the coordinates of the others are junk, and occlusion is not known of any. Photographs
// are images/im00001.jpg (or .png) to imN. All are for training. Boxes, coordinates and reference length as in lsp.h; a
// person with less than two joints gets the photograph's box, and one without shoulder or hip no reference length.
PhotographSet read_lspet(const std::filesystem::path& folder);

}  // namespace pbn
