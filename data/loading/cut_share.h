// Whether the stored crops are large enough for the augmentation.
#pragma once

#include "config/run_config.h"
#include "data/pose_file/pose_file.h"

namespace pbn {

// The augmentation that a run has when it is not told otherwise (config/schema.h).
Augmentation standard_augmentation();

// The share of training views that reach beyond the crop and see black there, 0 to 1, estimated from `views` of them
// (always the same ones). It depends on the extent alone: about 0.08 at 1.75; at 2.65 nothing is cut.
double cut_share(const PoseFileInfo& info, const Augmentation& augmentation, int views = 100'000);

}  // namespace pbn
