// Synthetic people: articulated figures in front of clutter, to try everything without any data set.
#pragma once

#include <cstdint>
#include <string>

#include "data/pose_file/crop.h"
#include "data/pose_file/pose_file.h"

namespace pbn {

struct SyntheticRecipe {
  std::uint64_t seed = 1;
  double occluder_rate = 0.5;  // share of people with something in front of them, 0 to 1
  double pose_spread = 1;      // how far joint angles vary about the base poses, 0 to 2
};

enum class SyntheticSplit : std::uint32_t { train = 0, validation = 1, test = 2 };  // people of their own each

SyntheticSplit synthetic_split(const std::string& name);  // throws a usage error for another name

// Throws a usage error for a rate or spread out of range.
void require_recipe(const SyntheticRecipe& recipe);

// Skeleton mpii16, reference head (PCKh): 0.6 times the diagonal of the head's box, as MPII's.
PoseFileInfo synthetic_info(const SyntheticRecipe& recipe, SyntheticSplit split);

// Person `index` of a split depends on the recipe, the crop's size, split and index alone. There is no photograph:
// image pixels are crop pixels. A joint is occluded where a part of the body that it does not belong to, or an object
// in front of the person, covers it; a few joints, most of them hidden, are unlabelled. What tells left from right is
// what tells it in photographs, and survives mirroring: face or back of the head, the emblem on the chest, the bend of
// knees.
CroppedPerson draw_synthetic_person(const PoseFileInfo& info, const SyntheticRecipe& recipe, SyntheticSplit split,
                                    std::uint32_t index);

}  // namespace pbn
