#include "config/body_groups.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/error.h"

namespace pbn::config {
namespace {

// (K, K) the number of limbs between two parts; K where none connect them.
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

class JoinedGroups {
 public:
  explicit JoinedGroups(const Skeleton& skeleton)
      : skeleton_(skeleton), mirrored_(skeleton.mirrored()), between_(limbs_between(skeleton)) {
    for (int part = 0; part < skeleton.size(); ++part) groups_.push_back({part});
  }

  int size() const { return static_cast<int>(groups_.size()); }
  Groups take() { return canonical_order(std::move(groups_)); }

  // Joins one pair of groups, and its mirror image if that leaves at least k groups. False: no limb joins any two.
  bool join_most_compact(int k) {
    using Order = std::tuple<int, std::size_t, std::vector<int>>;
    std::optional<Order> best;
    for (std::size_t a = 0; a < groups_.size(); ++a) {
      for (std::size_t b = a + 1; b < groups_.size(); ++b) {
        if (!are_neighbours(groups_[a], groups_[b])) continue;
        const std::vector<int> both = joined(groups_[a], groups_[b]);
        const Order order{span_of(both), both.size(), both};
        if (!best || order < *best) best = order;
      }
    }
    if (!best) return false;
    const std::vector<int> both = std::get<2>(*best), image = mirror_image(both);
    replace_by(both);
    if (image != both && size() > k && consists_of_two(image)) replace_by(image);
    return true;
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

  bool consists_of_two(const std::vector<int>& whole) const {
    std::size_t groups = 0, parts = 0;
    for (const auto& group : groups_) {
      if (!is_within(group, whole)) continue;
      ++groups;
      parts += group.size();
    }
    return groups == 2 && parts == whole.size();
  }

  void replace_by(const std::vector<int>& whole) {
    std::erase_if(groups_, [&](const auto& group) { return is_within(group, whole); });
    groups_.push_back(whole);
  }

  const Skeleton& skeleton_;
  std::vector<int> mirrored_;
  std::vector<std::vector<int>> between_;
  Groups groups_;  // the parts of each ascend
};

}  // namespace

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
