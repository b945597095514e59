// MPII's annotations as Newell's train.h5 and valid.h5 have them (pose-hg-train).
#pragma once

#include <filesystem>

#include "data/sources/photographs.h"

namespace pbn {

// Beside what newell.h reads: imgname (N), person (N), and where they are there visible (N, 16) and normalize (N).
// Centre and scale are adjusted already. A joint at (0, 0) is unlabelled; a labelled one with visible 0 is occluded.
// A person's index is `person`, the place in MPII's annorect from 0, as in mpii.h. Reference length: normalize, the
// head's size. The split's name is the file's without ".h5", "valid" being "validation".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the dataset.
PhotographSet read_mpii_newell(const std::filesystem::path& annotations, const std::filesystem::path& images);

}  // namespace pbn
