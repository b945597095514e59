// PCKh and PCK (Sec. 4): the percentage of joints found within a fraction of the head's or torso's size.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/pose_file/pose_set.h"
#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"

namespace pbn::evaluation {

// All figures of one evaluation in percent, by name: METRIC.FIGURE, METRIC.FIGURE@visible or METRIC.FIGURE@occluded,
// for example "pckh50.hard10", "pckh50.r-ankle", "pckh50.wrist@occluded".
//
// METRIC: pckh50, pckh10 and auc for the reference "head"; pck20, pck10 and auc for "torso" and "pair"; pck10, pck05
// and auc for "box".
//   pckh50   a joint is found when its distance is <= 0.50 x its person's reference length; pckh10 and so on likewise
//   auc      area under the percentage found over thresholds 0, 0.01, ... 0.5 (trapezium rule); at most 100
//
// FIGURE: an unweighted mean of the percentages of single parts
//   r-ankle ...  each part of the skeleton, by its own name
// and of the skeleton's own means (config/skeleton.h), of which those of the shipped skeletons are
//   shoulder elbow wrist hip knee ankle   left and right
//   head         mpii16: head-top alone, as on MPII's validation set; lsp14: neck and head-top
//   hard10       both elbows, wrists, hips, knees and ankles (Sec. 4.3)
//   un14         all parts except pelvis and thorax
//   upper lower  the eight parts of un14 above the waist (head-top to wrists), and its six parts from the hips down
//   un16 un17    all parts (Tables 2 and 3); of lsp14, these are those of un14
// or the percentage of joints found, pooled over parts:
//   w14          all parts except pelvis and thorax (MPII's "Total")
//   all16 all14  all parts of mpii16, of lsp14; allK of any skeleton with K parts
//
// Only labelled joints count. @visible and @occluded count the joints annotated so; unknown ones are in neither. A part
// without joints is left out of its mean, and a figure without joints is left out of the map: on MPII, un16@occluded is
// the mean over fourteen parts of Table 3, since no head or neck is annotated as occluded. A part that is predicted for
// nobody (NaN), because the network did not learn it, is left out in the same way. Sums are exact counts, so the order
// of people does not matter.
using Figures = std::map<std::string, double>;

// Throws a data error when the numbers of people or parts differ. A joint whose predicted coordinate is NaN is not
// found.
Figures evaluate(const Predictions& predictions, const GroundTruth& truth);

// The parts that are predicted for nobody, and the ground truth without the labels of these parts.
std::vector<int> parts_not_predicted(const Predictions& predictions);
GroundTruth without_unpredicted_parts(GroundTruth truth, const Predictions& predictions);

// The percentage of all labelled joints found within 0, 0.01, ... 0.5 reference lengths.
std::vector<double> found_by_threshold(const Predictions& predictions, const GroundTruth& truth);

// The number of joints that each figure counts, by FIGURE, FIGURE@visible and FIGURE@occluded; figures without joints
// are included.
std::map<std::string, std::int64_t> count_joints(const GroundTruth& truth);

// The METRICs of a ground truth, the main one first. The FIGUREs of a skeleton in the order of the paper's tables.
std::vector<std::string> metrics_of(const GroundTruth& truth);
std::vector<std::string> part_figures(const config::Skeleton& skeleton);  // head shoulder ... ankle, then single parts
std::vector<std::string> mean_figures(const config::Skeleton& skeleton);

// The parts that a FIGURE counts; empty for an unknown name.
std::vector<int> parts_of_figure(const config::Skeleton& skeleton, const std::string& figure);

// Whether a FIGURE is pooled over its parts, rather than the mean of the parts' percentages.
bool pools_parts(const config::Skeleton& skeleton, const std::string& figure);

// The figure shown by default: the main METRIC pooled over all parts of the skeleton. `reference` is that of
// GroundTruth.
std::string headline_figure(const std::string& reference, const config::Skeleton& skeleton);

// Predicts the mean pose of a training set for every person, placed in the person's box: the floor that a network must
// beat. The training set has the skeleton of the validation file. A part that it never labels is placed at the box's
// centre.
Predictions mean_pose_predictions(const data::PoseSet& training, const data::PoseFile& validation);

}  // namespace pbn::evaluation
