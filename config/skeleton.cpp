#include "config/skeleton.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn::config {

int Skeleton::index_of(std::string_view part) const {
  const auto found = std::find(parts.begin(), parts.end(), part);
  return found == parts.end() ? -1 : static_cast<int>(found - parts.begin());
}

std::vector<int> Skeleton::indices_of(std::span<const std::string> names) const {
  std::vector<int> indices;
  for (const std::string& name : names) indices.push_back(index_of(name));
  return indices;
}

std::vector<int> Skeleton::mirrored() const {
  std::vector<int> partner(parts.size());
  std::iota(partner.begin(), partner.end(), 0);
  for (const auto& [right, left] : flip_pairs) std::swap(partner[right], partner[left]);
  return partner;
}

const Skeleton& mpii16() {
  static const Skeleton skeleton{
      "mpii16",
      {"r-ankle", "r-knee", "r-hip", "l-hip", "l-knee", "l-ankle", "pelvis", "thorax", "neck", "head-top", "r-wrist",
       "r-elbow", "r-shoulder", "l-shoulder", "l-elbow", "l-wrist"},
      {{0, 5}, {1, 4}, {2, 3}, {10, 15}, {11, 14}, {12, 13}},
      {{0, 1},
       {1, 2},
       {2, 6},
       {6, 3},
       {3, 4},
       {4, 5},
       {6, 7},
       {7, 8},
       {8, 9},
       {10, 11},
       {11, 12},
       {12, 7},
       {7, 13},
       {13, 14},
       {14, 15}}};
  return skeleton;
}

const Skeleton& lsp14() {
  static const Skeleton skeleton{"lsp14",
                                 {"r-ankle", "r-knee", "r-hip", "l-hip", "l-knee", "l-ankle", "r-wrist", "r-elbow",
                                  "r-shoulder", "l-shoulder", "l-elbow", "l-wrist", "neck", "head-top"},
                                 {{0, 5}, {1, 4}, {2, 3}, {6, 11}, {7, 10}, {8, 9}},
                                 {{0, 1},
                                  {1, 2},
                                  {2, 3},
                                  {3, 4},
                                  {4, 5},
                                  {6, 7},
                                  {7, 8},
                                  {8, 12},
                                  {12, 9},
                                  {9, 10},
                                  {10, 11},
                                  {12, 13},
                                  {2, 8},
                                  {3, 9}}};
  return skeleton;
}

Skeleton without_parts(const Skeleton& skeleton, std::span<const std::string> left_out) {
  if (left_out.empty()) return skeleton;
  for (const std::string& part : left_out) {
    if (skeleton.index_of(part) < 0) {
      throw usage_error("model.without", suggestion(part, skeleton.parts), "unknown part \"{}\" of skeleton {}", part,
                        skeleton.name);
    }
  }
  Skeleton rest{skeleton.name, {}, {}, {}};
  for (const std::string& part : skeleton.parts) {
    if (std::find(left_out.begin(), left_out.end(), part) == left_out.end()) rest.parts.push_back(part);
  }
  if (rest.parts.empty()) throw usage_error("model.without", "", "no part is left to learn");
  const auto keep = [&](const auto& pairs, auto& kept) {
    for (const auto& [a, b] : pairs) {
      const int first = rest.index_of(skeleton.parts[a]), second = rest.index_of(skeleton.parts[b]);
      if (first >= 0 && second >= 0) kept.emplace_back(first, second);
    }
  };
  keep(skeleton.flip_pairs, rest.flip_pairs);
  keep(skeleton.limbs, rest.limbs);
  return rest;
}

const Skeleton& skeleton_named(std::string_view name) {
  for (const Skeleton* known : {&mpii16(), &lsp14()}) {
    if (known->name == name) return *known;
  }
  throw data_error("", "known skeletons: mpii16, lsp14", "unknown skeleton \"{}\"", name);
}

}  // namespace pbn::config
