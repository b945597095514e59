// The file that MPII's organisers measure on their secret test annotations (Table 1).
#pragma once

#include <filesystem>

#include "data/pose_file/pose_file.h"
#include "evaluation/predictions.h"

namespace pbn {

// pred_keypoints_mpii.mat, whose one variable is laid out as the README of MPII's evaluation toolkit (evalMPII.zip,
// "Single Person Pose Estimation: Preparing predictions") and its evaluatePCKh.m want it: a copy of
// annolist(img_train == 0), with an entry for every test photograph in their order, in which single people got joints:
//   pred(i).image.name
//   pred(i).annorect(j).scale, .objpos.x, .objpos.y         as annotated; the evaluation knows people by them
//   pred(i).annorect(j).annopoints.point(k).x, .y, .id      id 0 to 15 in the order of mpii16()
// annopoints is empty for people who are not in `people`, and a part that is not predicted has no point. Coordinates
// are MPII's, which count pixels from 1, as predictions for a prepared MPII file are.
//
// people: the pose file that `pbn prepare` made of MPII's test split, whose people `predictions` are of.
// annotations: mpii_human_pose_v1_u12_1.mat, from which it was made. Throws data errors that name the person who is not
// there, and when some of MPII's single test people are not predicted.
void write_mpii_submission(const std::filesystem::path& file, const Predictions& predictions, const PoseFile& people,
                           const std::filesystem::path& annotations);

}  // namespace pbn
