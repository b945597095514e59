#include "config/skeleton.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <numeric>

#include "base/error.h"
#include "base/suggestion.h"
#include "shipped_skeletons.h"  // made by CMake from config/skeletons/

namespace pbn::config {
namespace {

// Skeletons by their texts. The nodes of the map stay where they are.
class SkeletonShelf {
 public:
  SkeletonShelf() {
    for (const char* definition : shipped_skeletons) {
      Skeleton skeleton = parse_skeleton(Json::parse(definition), "config/skeletons");
      skeleton.text = skeleton.name;
      names_.push_back(skeleton.name);
      by_text_.emplace(skeleton.name, std::move(skeleton));
    }
  }

  const std::vector<std::string>& shipped_names() const { return names_; }

  const Skeleton* find(std::string_view text) {
    const std::lock_guard lock(mutex_);
    const auto found = by_text_.find(text);
    return found == by_text_.end() ? nullptr : &found->second;
  }

  const Skeleton& keep(Skeleton skeleton) {
    const std::lock_guard lock(mutex_);
    std::string text = skeleton.text;
    return by_text_.emplace(std::move(text), std::move(skeleton)).first->second;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> names_;
  std::map<std::string, Skeleton, std::less<>> by_text_;
};

SkeletonShelf& shelf() {
  static SkeletonShelf all;
  return all;
}

void keep_pairs(const Skeleton& from, const std::vector<std::pair<int, int>>& pairs, const Skeleton& to,
                std::vector<std::pair<int, int>>& kept) {
  for (const auto& [a, b] : pairs) {
    const int first = to.index_of(from.parts[static_cast<std::size_t>(a)]);
    const int second = to.index_of(from.parts[static_cast<std::size_t>(b)]);
    if (first >= 0 && second >= 0) kept.emplace_back(first, second);
  }
}

}  // namespace

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
  static const Skeleton& skeleton = skeleton_named("mpii16");
  return skeleton;
}

const Skeleton& lsp14() {
  static const Skeleton& skeleton = skeleton_named("lsp14");
  return skeleton;
}

const Skeleton& coco17() {
  static const Skeleton& skeleton = skeleton_named("coco17");
  return skeleton;
}

const std::vector<std::string>& shipped_skeleton_names() { return shelf().shipped_names(); }

const Skeleton& skeleton_named(std::string_view name) {
  const auto& names = shipped_skeleton_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return *shelf().find(name);
  throw data_error("", fmt::format("known skeletons: {}", fmt::join(names, ", ")), "unknown skeleton \"{}\"", name);
}

const Skeleton& skeleton_of_text(std::string_view text) {
  if (const Skeleton* const known = shelf().find(text)) return *known;
  if (!text.starts_with('{')) return skeleton_named(text);
  Skeleton skeleton = parse_skeleton(parse_json(text, ""), "");
  skeleton.text = text;
  return shelf().keep(std::move(skeleton));
}

const Skeleton& kept_skeleton(const Skeleton& skeleton) { return skeleton_of_text(canonical(to_json(skeleton))); }

Skeleton without_parts(const Skeleton& skeleton, std::span<const std::string> left_out) {
  for (const std::string& part : left_out) {
    if (skeleton.index_of(part) < 0) {
      throw usage_error("model.without", suggestion(part, skeleton.parts), "unknown part \"{}\" of skeleton {}", part,
                        skeleton.name);
    }
  }
  std::vector<std::string> kept = skeleton.parts;
  std::erase_if(kept, [&](const auto& part) { return std::ranges::find(left_out, part) != left_out.end(); });
  if (kept.empty()) throw usage_error("model.without", "", "no part is left to learn");
  return with_only_parts(skeleton, kept);
}

Skeleton with_only_parts(const Skeleton& skeleton, std::span<const std::string> kept) {
  Skeleton rest{.name = skeleton.name, .parts = {}, .reference = skeleton.reference, .text = skeleton.text};
  for (std::size_t part = 0; part < skeleton.parts.size(); ++part) {
    if (std::ranges::find(kept, skeleton.parts[part]) == kept.end()) continue;
    rest.parts.push_back(skeleton.parts[part]);
    if (!skeleton.sigmas.empty()) rest.sigmas.push_back(skeleton.sigmas[part]);
  }
  keep_pairs(skeleton, skeleton.flip_pairs, rest, rest.flip_pairs);
  keep_pairs(skeleton, skeleton.limbs, rest, rest.limbs);
  keep_pairs(skeleton, skeleton.reference_ends, rest, rest.reference_ends);
  const auto keep_means = [&](const std::vector<PartMean>& means, std::vector<PartMean>& result) {
    for (const PartMean& mean : means) {
      PartMean& left = result.emplace_back(PartMean{mean.name, {}, mean.pooled});
      for (const int part : mean.parts) {
        const int there = rest.index_of(skeleton.parts[static_cast<std::size_t>(part)]);
        if (there >= 0) left.parts.push_back(there);
      }
      if (left.parts.empty()) result.pop_back();
    }
  };
  keep_means(skeleton.kinds, rest.kinds);
  keep_means(skeleton.means, rest.means);
  return rest;
}

}  // namespace pbn::config
