// PCKh and PCK (Sec. 4): the share of joints that are found within a fraction of the head's or torso's size.
#pragma once

#include <map>
#include <string>

#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"

namespace pbn {

// All figures of one evaluation in percent, by name: "pckh50.hard10", "pckh50.r-ankle", "pckh50.wrist@occluded", ...
//   pckh50 pckh10 auc (head)  or  pck20 pck10 auc (torso)
//   . all16 un14 w14 un16 all14 hard10 upper lower | head shoulder elbow wrist hip knee ankle | each part of the skeleton
//   @visible and @occluded split by the annotation; parts of unknown occlusion count in neither
// A figure that counts no joint is left out. Sums are exact counts, so the order of people does not matter.
using Figures = std::map<std::string, double>;

// Throws a data error when people or parts of the two do not agree in number.
Figures evaluate(const Predictions& predictions, const GroundTruth& truth);

// Predicts every person as the average pose of a training set, placed in the person's box: the floor that a network
// must leave behind.
Predictions mean_pose_predictions(const PoseFile& training, const PoseFile& validation);

}  // namespace pbn
