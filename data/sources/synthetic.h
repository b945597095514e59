// Synthetic people: articulated figures in front of clutter, for trying the programs without a data set.
#pragma once

#include <cstdint>
#include <string>

#include "data/pose_file/crop.h"
#include "data/pose_file/pose_file.h"

namespace pbn::data {

struct SyntheticRecipe {
  std::uint64_t seed = 1;
  double occluder_rate = 0.5;  // share of people with an object in front of them, 0 to 1
  double pose_spread = 1;      // scale of the variation of joint angles about the base poses, 0 to 2
};

enum class SyntheticSplit : std::uint32_t { train = 0, validation = 1, test = 2 };  // each has different people

SyntheticSplit synthetic_split(const std::string& name);  // throws a usage error for another name

// Throws a usage error if the rate or spread is out of range.
void require_recipe(const SyntheticRecipe& recipe);

// Skeleton mpii16, reference head (PCKh): 0.6 times the diagonal of the head box, as for MPII.
PoseFileInfo synthetic_info(const SyntheticRecipe& recipe, SyntheticSplit split);

// Draws person `index` of a split. The result depends only on the recipe, the crop's size, the split and the index.
// There is no photograph: image pixels are crop pixels. A joint is occluded if another part of the body or an object
// covers it. A few joints, mostly hidden ones, are unlabelled. Left and right can be distinguished by the same cues as
// in photographs, which survive mirroring: face or back of the head, the emblem on the chest, the bend of the knees.
CroppedPerson draw_synthetic_person(const PoseFileInfo& info, const SyntheticRecipe& recipe, SyntheticSplit split,
                                    std::uint32_t index);

}  // namespace pbn::data
