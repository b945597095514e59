// The file that MPII's organisers evaluate on their withheld test annotations (Table 1).
#pragma once

#include <filesystem>

#include "data/pose_file/pose_file.h"
#include "evaluation/predictions.h"

namespace pbn::evaluation {

// Writes pred_keypoints_mpii.mat. Its one variable follows the README of MPII's evaluation toolkit (evalMPII.zip,
// "Single Person Pose Estimation: Preparing predictions") and its evaluatePCKh.m: a copy of annolist(img_train == 0),
// that is, every test photograph in order, with the predicted joints of single people:
//   pred(i).image.name
//   pred(i).annorect(j).scale, .objpos.x, .objpos.y         as annotated; the evaluation matches people by them
//   pred(i).annorect(j).annopoints.point(k).x, .y, .id      id 0 to 15 in the order of mpii16()
// annopoints is empty for people who are not in `people`, and a part that is not predicted has no point. Coordinates
// are MPII's, which count pixels from 1, like the predictions for a prepared MPII file.
//
// people: the pose file made by `pbn prepare` from MPII's test split; `predictions` are of its people.
// annotations: mpii_human_pose_v1_u12_1.mat, the source of that pose file. Throws data errors that name a person who is
// missing in it, and one of MPII's single test people who is not predicted.
void write_mpii_submission(const std::filesystem::path& file, const Predictions& predictions,
                           const data::PoseFile& people, const std::filesystem::path& annotations);

}  // namespace pbn::evaluation
