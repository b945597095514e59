// The body parts of a data set, in the order of its joints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pbn::config {

// Equal parts have equal names in every skeleton, so that data sets can be mapped to each other by name.
struct Skeleton {
  std::string name;                             // "mpii16" or "lsp14"
  std::vector<std::string> parts;               // K names, "r-ankle" first
  std::vector<std::pair<int, int>> flip_pairs;  // parts that are exchanged in a mirror image
  std::vector<std::pair<int, int>> limbs;       // pairs of parts that a drawing joins by lines

  int size() const { return static_cast<int>(parts.size()); }
  int index_of(std::string_view part) const;  // -1 if the skeleton lacks it
  std::vector<int> indices_of(std::span<const std::string> names) const;
  std::vector<int> mirrored() const;  // (K) the part that each part becomes in a mirror image
};

const Skeleton& mpii16();  // MPII's sixteen parts, counted from 0 as in its files
const Skeleton& lsp14();   // Leeds Sports Pose: MPII's without pelvis and thorax

// The skeleton without some of its parts, for a network that does not learn them; its name is unchanged. Throws a usage
// error for an unknown part, and if no part is left.
Skeleton without_parts(const Skeleton& skeleton, std::span<const std::string> left_out);

// Throws a data error that lists the known names.
const Skeleton& skeleton_named(std::string_view name);

}  // namespace pbn::config
