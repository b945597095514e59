// The skeleton that a COCO file itself describes: the keypoints and the limbs of a category.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "data/sources/coco_categories.h"

namespace pbn::data {

struct OwnSkeleton {
  const config::Skeleton* skeleton = nullptr;
  std::vector<int> place{};  // (K) index among the category's keypoints
  std::vector<std::string> remarks{};
};

// Names of parts in lower case with hyphens, the side in front: "L_Eye", "eye (left)" and "leftEye" are "l-eye", "Root
// of tail" is "root-of-tail"; names as part_name gives them where it knows them. Numbers, and names without Latin
// letters, become "part-1" and so on; of equal names, the second becomes "nose-2".
std::vector<std::string> own_part_names(const std::vector<std::string>& keypoints);

// Parts, order and limbs (counted from 1; from 0 where a 0 occurs) are the category's. "r-eye" and "l-eye" are a mirror
// pair; a remark names those without a partner. Its name is the category's with the number of parts, "dog17"; where
// the parts are exactly those of a shipped skeleton, it is that one. `given`, the content of --skeleton FILE, replaces
// members of this definition (config/skeleton.h). Its parts may be some of the file's, by either name, in any order.
// Throws data errors that name the place.
OwnSkeleton own_skeleton(const CocoCategory& category, const std::optional<Json>& given,
                         const std::string& given_where);

}  // namespace pbn::data
