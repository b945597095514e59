#include "data/groups/group_stability.h"

#include <algorithm>
#include <map>

#include "base/random.h"

namespace pbn::data {
namespace {

std::vector<int> drawn_times(int people, Random random) {
  std::vector<int> times(static_cast<std::size_t>(people));
  for (int draw = 0; draw < people; ++draw) ++times[random.below(static_cast<std::uint32_t>(people))];
  return times;
}

// (K, K) whether two parts are in one group.
std::vector<bool> pairs_together(const config::Groups& groups, int parts) {
  std::vector<bool> together(static_cast<std::size_t>(parts) * parts);
  for (const auto& group : groups) {
    for (const int a : group) {
      for (const int b : group) together[static_cast<std::size_t>(a) * parts + b] = true;
    }
  }
  return together;
}

}  // namespace

GroupStability bootstrap_groups(const LatticePoses& poses, const config::Groups& groups, int resamples,
                                std::uint64_t seed) {
  const auto k = static_cast<int>(groups.size());
  GroupStability stability;
  stability.resamples = resamples;
  stability.seed = seed;
  std::vector<int> times_together;
  std::map<config::Groups, int> times_found;
  for (int resample = 0; resample < resamples; ++resample) {
    const Random random(seed, 0, static_cast<std::uint32_t>(resample), Purpose::bootstrap);
    const Relatedness related = poses.relatedness(drawn_times(poses.people(), random));
    const int parts = related.skeleton->size();
    const config::Groups found = minimum_normalised_cut(related.normalised(), parts, k).minimum.groups;
    const std::vector<bool> together = pairs_together(found, parts);
    times_together.resize(together.size());
    for (std::size_t pair = 0; pair < together.size(); ++pair) times_together[pair] += together[pair];
    ++times_found[found];
  }
  const auto share = [&](int times) { return static_cast<double>(times) / resamples; };
  for (const int times : times_together) stability.together.push_back(share(times));
  stability.distinct = times_found.size();
  if (const auto same = times_found.find(groups); same != times_found.end()) stability.same_share = share(same->second);
  for (const auto& [found, times] : times_found) stability.found.push_back({found, share(times)});
  std::stable_sort(stability.found.begin(), stability.found.end(),
                   [](const FrequentGroups& a, const FrequentGroups& b) { return a.share > b.share; });
  stability.found.resize(std::min(stability.found.size(), GroupStability::most_shown));
  return stability;
}

std::vector<UncertainPart> uncertain_parts(const GroupStability& stability, const config::Groups& groups, int parts) {
  const std::vector<bool> together = pairs_together(groups, parts);
  std::vector<UncertainPart> uncertain;
  for (int part = 0; part < parts; ++part) {
    UncertainPart found{part, {}, {}};
    for (int other = 0; other < parts; ++other) {
      const auto pair = static_cast<std::size_t>(part) * parts + other;
      const double otherwise = together[pair] ? 1 - stability.together[pair] : stability.together[pair];
      if (other == part || otherwise <= tolerated_share) continue;
      found.others.push_back(other);
      found.shares.push_back(otherwise);
    }
    if (!found.others.empty()) uncertain.push_back(std::move(found));
  }
  return uncertain;
}

}  // namespace pbn::data
