#include "config/body_groups.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/error.h"

namespace pbn::config {
namespace {

class JoinedGroups {
 public:
  explicit JoinedGroups(const Skeleton& skeleton) : mirrored_(skeleton.mirrored()), between_(limbs_between(skeleton)) {
    for (int part = 0; part < skeleton.size(); ++part) groups_.push_back({part});
  }

  int size() const { return static_cast<int>(groups_.size()); }
  Groups take() { return canonical_order(std::move(groups_)); }

  // Makes the most compact group that leaves at least k, with its mirror image; one side alone where none does. False:
  // no limb joins any two groups.
  bool join_most_compact(int k) {
    if (const auto whole = most_compact(/*is_symmetric=*/true, k)) {
      replace_by(*whole);
      replace_by(mirror_image(*whole));
      return true;
    }
    const auto whole = most_compact(/*is_symmetric=*/false, k);
    if (whole) replace_by(*whole);
    return whole.has_value();
  }

 private:
  static std::vector<int> joined(std::vector<int> a, const std::vector<int>& b) {
    a.insert(a.end(), b.begin(), b.end());
    std::sort(a.begin(), a.end());
    return a;
  }

  int distance(int a, int b) const { return between_[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)]; }

  bool are_neighbours(const std::vector<int>& one, const std::vector<int>& other) const {
    return std::ranges::any_of(
        one, [&](int a) { return std::ranges::any_of(other, [&](int b) { return distance(a, b) == 1; }); });
  }

  int span_of(const std::vector<int>& group) const {
    int most = 0;
    for (const int a : group) {
      for (const int b : group) most = std::max(most, distance(a, b));
    }
    return most;
  }

  std::vector<int> mirror_image(const std::vector<int>& group) const {
    std::vector<int> image;
    for (const int part : group) image.push_back(mirrored_[static_cast<std::size_t>(part)]);
    std::sort(image.begin(), image.end());
    return image;
  }

  static bool is_within(const std::vector<int>& group, const std::vector<int>& whole) {
    return std::includes(whole.begin(), whole.end(), group.begin(), group.end());
  }

  // The union with its mirror image where they overlap.
  std::vector<int> symmetric(const std::vector<int>& both) const {
    std::vector<int> all = joined(both, mirror_image(both));
    const auto twice = std::unique(all.begin(), all.end());
    if (twice == all.end()) return both;
    all.erase(twice, all.end());
    return all;
  }

  // The number of groups of which the whole consists; 0 if it cuts one.
  int count_within(const std::vector<int>& whole) const {
    int groups = 0;
    std::size_t parts = 0;
    for (const auto& group : groups_) {
      if (!is_within(group, whole)) continue;
      ++groups;
      parts += group.size();
    }
    return parts == whole.size() ? groups : 0;
  }

  // How many groups fewer there are once the whole and its mirror image are groups.
  int saved_by(const std::vector<int>& whole) const {
    return (mirror_image(whole) == whole ? 1 : 2) * (count_within(whole) - 1);
  }

  // Of the wholes made of two neighbouring groups, the one with the least span, then the fewest parts.
  std::optional<std::vector<int>> most_compact(bool is_symmetric, int k) const {
    using Order = std::tuple<int, std::size_t, std::vector<int>>;
    std::optional<Order> best;
    for (std::size_t a = 0; a < groups_.size(); ++a) {
      for (std::size_t b = a + 1; b < groups_.size(); ++b) {
        if (!are_neighbours(groups_[a], groups_[b])) continue;
        const std::vector<int> both = joined(groups_[a], groups_[b]), whole = is_symmetric ? symmetric(both) : both;
        const bool fits = !is_symmetric || (count_within(whole) > 1 && size() - saved_by(whole) >= k);
        const Order order{span_of(whole), whole.size(), whole};
        if (fits && (!best || order < *best)) best = order;
      }
    }
    return best ? std::optional(std::get<2>(*best)) : std::nullopt;
  }

  void replace_by(const std::vector<int>& whole) {
    std::erase_if(groups_, [&](const auto& group) { return is_within(group, whole); });
    groups_.push_back(whole);
  }

  std::vector<int> mirrored_;
  std::vector<std::vector<int>> between_;
  Groups groups_;  // the parts of each ascend
};

}  // namespace

std::vector<std::vector<int>> limbs_between(const Skeleton& skeleton) {
  const auto parts = skeleton.parts.size();
  std::vector<std::vector<int>> between(parts, std::vector<int>(parts, skeleton.size()));
  for (std::size_t part = 0; part < parts; ++part) between[part][part] = 0;
  for (const auto& [a, b] : skeleton.limbs) {
    between[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = 1;
    between[static_cast<std::size_t>(b)][static_cast<std::size_t>(a)] = 1;
  }
  for (std::size_t via = 0; via < parts; ++via) {
    for (std::size_t a = 0; a < parts; ++a) {
      for (std::size_t b = 0; b < parts; ++b)
        between[a][b] = std::min(between[a][b], between[a][via] + between[via][b]);
    }
  }
  return between;
}

Groups body_groups(const Skeleton& skeleton, int k) {
  if (k < 1 || k > skeleton.size()) {
    throw usage_error("model.groups", fmt::format("1 to {}", skeleton.size()), "body-{}: {} has {} parts", k,
                      skeleton.name, skeleton.size());
  }
  JoinedGroups groups(skeleton);
  while (groups.size() > k) {
    if (groups.join_most_compact(k)) continue;
    throw usage_error("model.groups", "add limbs to the skeleton (docs/file-formats.md), or ask for more groups",
                      "body-{}: the limbs of {} leave {} pieces", k, skeleton.name, groups.size());
  }
  return groups.take();
}

}  // namespace pbn::config
