// MPII Human Pose (Andriluka et al., CVPR 2014) as published: about 25,000 photographs and 40,000 people.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn::data {

enum class MpiiSplit { train, test };

// `annotations` is mpii_human_pose_v1_u12_1.mat, `images` the folder of the photographs. Fields that are read:
//   RELEASE.annolist(i).image.name               the photograph
//   RELEASE.annolist(i).annorect(j)              a person: x1, y1, x2, y2 the head's box; scale; objpos.x, objpos.y
//     .annopoints.point(k)                       x, y, id 0 to 15 in the order of mpii16(), is_visible
//   RELEASE.img_train(i)                         1: the photograph is for training; the others are for testing
//   RELEASE.single_person{i}                     the people who stand alone: MPII's evaluation of single people
// A field may be absent, empty, or a struct instead of an array; numbers may have any type. is_visible is a text or a
// number; 0 means occluded. If it is empty, neck and head top are visible, as in Newell's files, and other parts
// unknown.
//
// Training: all people with a location (scale and objpos) and joints. Testing: all people with a location who are in
// single_person, if the file has it; MPII does not publish their joints, so they can be predicted but not evaluated
// (Table 1). All others are left out and counted in `left_out`.
//
// A person's index is j, from 0, which is `person` in Newell's files. Boxes and coordinates: see mpii_people.h. The
// reference length is the head size, 0.6 times the diagonal of the head box.
//
// Throws a usage error for a missing folder, and data errors that name the place in the file.
PhotographSet read_mpii(const std::filesystem::path& annotations, const std::filesystem::path& images, MpiiSplit split);

// Parses the bytes of the file without looking for the photographs; `where` is for errors.
PhotographSet parse_mpii(std::string_view bytes, const std::string& where, const std::filesystem::path& images,
                         MpiiSplit split);

}  // namespace pbn::data
