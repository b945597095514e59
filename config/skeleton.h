// The body parts of a data set, in the order of its joints, and what is known about them. A skeleton travels as text in
// pose files, predictions and weights (docs/file-formats.md): the name of one that is shipped (config/skeletons/), or
// its definition.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace pbn::config {

// A named mean over parts of a skeleton, such as "hard10".
struct PartMean {
  std::string name;
  std::vector<int> parts;
  bool pooled = false;  // over all joints of the parts; otherwise the mean of the parts' percentages
};

// Equal parts have equal names in every skeleton, so that data sets can be mapped to each other by name.
struct Skeleton {
  std::string name;                                   // "mpii16"
  std::vector<std::string> parts;                     // K names; those of one side begin with "r-" or "l-"
  std::vector<std::pair<int, int>> flip_pairs{};      // parts that are exchanged in a mirror image, the right one first
  std::vector<std::pair<int, int>> limbs{};           // pairs of parts that a drawing joins by lines
  std::string reference = "box";                      // what PCK divides distances by: see is_reference
  std::vector<std::pair<int, int>> reference_ends{};  // of "pair": the parts whose distance it is; otherwise empty
  std::vector<double> sigmas{};   // (K) of COCO's OKS, in units of the root of a person's area; or empty
  std::vector<PartMean> kinds{};  // "wrist": the columns of tables of parts
  std::vector<PartMean> means{};  // in the order of tables; "all" and K is among them, pooled
  std::string text{};             // as files hold it; a skeleton without some parts keeps it

  int size() const { return static_cast<int>(parts.size()); }
  int index_of(std::string_view part) const;  // -1 if the skeleton lacks it
  std::vector<int> indices_of(std::span<const std::string> names) const;
  std::vector<int> mirrored() const;  // (K) the part that each part becomes in a mirror image
};

inline constexpr int most_parts_of_a_skeleton = 256;
inline constexpr std::size_t longest_skeleton_text = 60000;  // HDF5 holds attributes of up to 64 KiB

const Skeleton& mpii16();  // MPII's sixteen parts, counted from 0 as in its files
const Skeleton& lsp14();   // Leeds Sports Pose: MPII's without pelvis and thorax
const Skeleton& coco17();  // COCO's keypoints

// "head" (PCKh), "torso" (PCK), "box" (the longer side of the person's box) or "pair" (the distance of two parts).
bool is_reference(std::string_view name);

// The shipped skeletons. skeleton_named throws a data error that lists the known names.
const std::vector<std::string>& shipped_skeleton_names();
const Skeleton& skeleton_named(std::string_view name);

// The skeleton that a text in a file stands for: a shipped name or a definition. The program keeps one copy of each
// until it ends, so that others can refer to it. Thread-safe. Throws data errors without a place.
const Skeleton& skeleton_of_text(std::string_view text);

// The copy that the program keeps of a skeleton that is not shipped; sets its text.
const Skeleton& kept_skeleton(const Skeleton& skeleton);

// A definition: {"name", "parts": [PART], "mirror": [[RIGHT, LEFT]], "limbs": [[PART, PART]], "reference": "head",
// "torso", "box" or [PART, PART], "sigmas": {PART: number}, "kinds" and "means": [{"name", "parts": [PART] or "all",
// "pooled"}]}. Only name and parts are needed. Without kinds, both sides of a part are one; without means, there are
// those of all K parts, "unK" and, pooled, "allK". Throws a data error that is placed at `where` and names the mistake.
Skeleton parse_skeleton(const Json& definition, const std::string& where);
Json to_json(const Skeleton& skeleton);

// The skeleton without some of its parts, for a network that does not learn them. Throws a usage error for an unknown
// part, and if no part is left.
Skeleton without_parts(const Skeleton& skeleton, std::span<const std::string> left_out);

// The skeleton with only these of its parts, in its own order.
Skeleton with_only_parts(const Skeleton& skeleton, std::span<const std::string> kept);

}  // namespace pbn::config
