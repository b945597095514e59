// The mean colour of the people in pose files, which a network may subtract from its input (train.mean: dataset).
#pragma once

#include <array>

#include "data/pose_file/pose_set.h"

namespace pbn::data {

// Red, green and blue from 0 to 1: the mean over all pixels of all people's boxes, black outside of the photographs
// included. The sums are of integers, so that the result does not depend on the number of threads. Reads every crop.
// Throws the errors of PoseFile::read_crop.
std::array<double, 3> mean_colour(const PoseSet& people, int threads);

}  // namespace pbn::data
