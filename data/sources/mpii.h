// MPII Human Pose (Andriluka et al., CVPR 2014) as it is published: about 25,000 photographs, 40,000 people.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn {

enum class MpiiSplit { train, test };

// `annotations` is mpii_human_pose_v1_u12_1.mat, `images` the folder of the photographs. What is read of its variable:
//   RELEASE.annolist(i).image.name               the photograph
//   RELEASE.annolist(i).annorect(j)              a person: x1, y1, x2, y2 the head's box; scale; objpos.x, objpos.y
//     .annopoints.point(k)                       x, y, id 0 to 15 in the order of mpii16(), is_visible
//   RELEASE.img_train(i)                         1: the photograph is for training; the others are for testing
//   RELEASE.single_person{i}                     the people who stand apart: MPII's evaluation of single people
// A field may be absent, empty, or one struct where others have an array; numbers have any type. is_visible is a text
// or a number, 0: occluded. Where it is empty, a neck or head top is visible, as Newell's files have it, and any other
// part unknown.
//
// Train: everyone with a place (scale and objpos) and joints. Test: everyone with a place who is in single_person,
// where the file has it; MPII keeps their joints to itself, so that they can be predicted but not evaluated (Table 1).
// Everyone else is left out and counted in `left_out`.
//
// A person's index is j, from 0: `person` in Newell's files. Boxes and coordinates: mpii_people.h. Reference length:
// the head's size, 0.6 times the diagonal of its box.
//
// Throws a usage error for a missing folder, and data errors that name the place in the file.
PhotographSet read_mpii(const std::filesystem::path& annotations, const std::filesystem::path& images, MpiiSplit split);

// The same of the file's bytes, without looking for the photographs; `where` is for errors.
PhotographSet parse_mpii(std::string_view bytes, const std::string& where, const std::filesystem::path& images,
                         MpiiSplit split);

}  // namespace pbn
