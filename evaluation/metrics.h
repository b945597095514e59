// PCKh and PCK (Sec. 4): the share of joints that are found within a fraction of the head's or torso's size.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"

namespace pbn {

// All figures of one evaluation in percent, by name: METRIC.FIGURE, or METRIC.FIGURE@visible, METRIC.FIGURE@occluded;
// for example "pckh50.hard10", "pckh50.r-ankle", "pckh50.wrist@occluded".
//
// METRIC: pckh50 pckh10 auc where the reference length is the head's size, pck20 pck10 auc where it is the torso.
//   pckh50   a joint is found when its distance is <= 0.50 x the reference length of its person (0.1, 0.2 alike)
//   auc      area under the share found over thresholds 0, 0.01, ... 0.5 (trapezium rule), 100 when all is found at 0
//
// FIGURE: an unweighted mean of the percentages of single parts
//   r-ankle ...  each part of the skeleton, by its own name
//   shoulder elbow wrist hip knee ankle   left and right
//   head         mpii16: head-top alone, as on MPII's validation set; lsp14: neck and head-top
//   hard10       both elbows, wrists, hips, knees and ankles (Sec. 4.3)
//   un14         all parts but pelvis and thorax
//   upper lower  the eight of un14 above the waist (head-top to wrists), and its six from the hips down
//   un16         all parts (Tables 2 and 3; the skeleton mpii16 only)
// or, pooled over parts, the share of joints found:
//   w14          all parts but pelvis and thorax (what MPII calls Total)
//   all16 all14  all parts of mpii16, of lsp14
//
// A joint counts when the truth labels it. @visible and @occluded take those with that annotation; unknown ones are in
// neither. A part that counts no joint is left out of its mean, a figure that counts none is left out of the map: so
// un16@occluded on MPII is the mean over fourteen parts of Table 3, since no head or neck is annotated as occluded.
// A part that is predicted for nobody (NaN), because it was no task of the network, is left out in the same way.
// Sums are exact counts, so the order of people does not matter.
using Figures = std::map<std::string, double>;

// Throws a data error when people or parts of the two do not agree in number. A predicted coordinate that is not a
// number finds nothing.
Figures evaluate(const Predictions& predictions, const GroundTruth& truth);

// The parts that are predicted for nobody, and the truth that is then left to measure: without labels for them.
std::vector<int> parts_not_predicted(const Predictions& predictions);
GroundTruth of_predicted_parts(GroundTruth truth, const Predictions& predictions);

// The share of all labelled joints that is found within 0, 0.01, ... 0.5 reference lengths, in percent.
std::vector<double> found_by_threshold(const Predictions& predictions, const GroundTruth& truth);

// How many joints each figure counts, by FIGURE, FIGURE@visible and FIGURE@occluded; none is left out.
std::map<std::string, std::int64_t> count_joints(const GroundTruth& truth);

// The METRICs of a ground truth, the main one first, and the FIGUREs of a skeleton in the order of the paper's tables.
std::vector<std::string> metrics_of(const GroundTruth& truth);
std::vector<std::string> part_figures(const Skeleton& skeleton);  // head shoulder ... ankle, then single parts
std::vector<std::string> mean_figures(const Skeleton& skeleton);

// The parts that a FIGURE counts; none of a name that is no figure.
std::vector<int> parts_of_figure(const Skeleton& skeleton, const std::string& figure);

// Whether a FIGURE is the share of joints found among all of its parts, and no mean of the parts' percentages.
bool pools_parts(const Skeleton& skeleton, const std::string& figure);

// The figure that stands for all where nobody chose one: the main METRIC pooled over all parts of the skeleton.
// reference: "head" or "torso", as in GroundTruth.
std::string headline_figure(const std::string& reference, const Skeleton& skeleton);

// Predicts every person as the average pose of a training set, placed in the person's box: the floor that a network
// must leave behind. A part that the training set never labels is placed in the middle of the box. Throws a data error
// when the skeletons differ.
Predictions mean_pose_predictions(const PoseFile& training, const PoseFile& validation);

}  // namespace pbn
