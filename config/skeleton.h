// The body parts of a data set, in the order of its joints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pbn {

// Part names are the same in every skeleton, so that data sets can be mapped onto each other by name.
struct Skeleton {
  std::string name;                             // "mpii16" or "lsp14"
  std::vector<std::string> parts;               // K names, "r-ankle" first
  std::vector<std::pair<int, int>> flip_pairs;  // parts that change places in a mirror image
  std::vector<std::pair<int, int>> limbs;       // what a drawing joins with lines

  int size() const { return static_cast<int>(parts.size()); }
  int index_of(std::string_view part) const;  // -1 where the skeleton lacks it
  std::vector<int> indices_of(std::span<const std::string> names) const;
  std::vector<int> mirrored() const;  // (K) the part that each becomes in a mirror image
};

const Skeleton& mpii16();  // MPII's sixteen, 0-based as in its files
const Skeleton& lsp14();   // Leeds Sports Pose: MPII's without pelvis and thorax

// The same skeleton without some of its parts, as a network knows it that does not learn them. The name stays.
// Throws a usage error for a part that it lacks and when none is left.
Skeleton without_parts(const Skeleton& skeleton, std::span<const std::string> left_out);

// By name. Throws a data error that lists the known ones.
const Skeleton& skeleton_named(std::string_view name);

}  // namespace pbn
