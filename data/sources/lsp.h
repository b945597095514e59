// Leeds Sports Pose (Johnson & Everingham, BMVC 2010): 2,000 photographs of one person each, all 14 joints given.
#pragma once

#include <filesystem>

#include "data/sources/photographs.h"

namespace pbn {

enum class LspSplit { train, test };

// `folder` holds joints.mat, whose variable joints (3, 14, N) is x, y and 1 where the joint is OCCLUDED, and
// images/im0001.jpg (or .png) to imN. The first half is for training, the second for testing: 1-1000 and 1001-2000.
//
// joints.mat counts pixels from 1 at their centres, as MATLAB does.
// Boxes: in training around the body, 410/256 times the longer side of the joints' bounding box. In testing the
// photograph's centre and 1.25 times its longer side: nothing is taken from the true pose.
// The reference length is the torso, left shoulder to right hip (PCK).
//
// `annotations`: another file of the same form whose joints are used instead of the folder's joints.mat, such as
// corrected ones (Table 5). They must be person-centric as LSP's are: the right ankle is the person's own.
//
// Throws a usage error for a missing folder and data errors for missing or misshapen content.
PhotographSet read_lsp(const std::filesystem::path& folder, LspSplit split,
                       const std::filesystem::path& annotations = {});

}  // namespace pbn
