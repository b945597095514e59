#include "data/groups/grouping.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "data/groups/group_prices.h"
#include "data/groups/local_grouping.h"

namespace pbn::data {
namespace {

constexpr double impossible = std::numeric_limits<double>::infinity();
constexpr double first_budget = 1.0 / 64;  // of total slack; a search that finds too little multiplies it by four

// How a set of parts was grouped: the group that was added last, and the state that it was added to.
struct Path {
  double slack = impossible;  // of all groups
  PartSet last_group = 0;
  std::uint32_t previous = 0;  // index of the state in the level below
  int rank = 0;                // which of its paths: best (0) or second best (1)
};

// A set of parts that are grouped, with the best two ways of grouping them.
struct State {
  PartSet parts = 0;
  std::array<Path, 2> paths;

  void offer(const Path& path) {
    if (path.slack < paths[0].slack) {
      paths[1] = paths[0];
      paths[0] = path;
    } else if (path.slack < paths[1].slack) {
      paths[1] = path;
    }
  }
};

// All groupings within a budget of slack. Level g holds the sets of parts that g groups can cover. Every new group
// contains the first part that has no group yet, so each partition is found once.
class BudgetedSearch {
 public:
  BudgetedSearch(const std::vector<double>& slack, int parts, int k, double budget)
      : slack_(slack), parts_(parts), k_(k), budget_(budget), candidates_(static_cast<std::size_t>(parts)) {
    for (PartSet group = 1; group <= all(); ++group) {
      if (slack[group] <= budget) candidates_[static_cast<std::size_t>(std::countr_zero(group))].push_back(group);
    }
    for (auto& groups : candidates_) {
      std::sort(groups.begin(), groups.end(),
                [&](PartSet a, PartSet b) { return std::pair(slack[a], a) < std::pair(slack[b], b); });
    }
    levels_.push_back({State{0, {Path{0, 0, 0, 0}, Path{}}}});
    for (int groups = 1; groups <= k; ++groups) add_level(k - groups);
  }

  // The best (0) or second best (1) partition of all parts; none if the budget is too small.
  std::optional<config::Groups> partition(int rank) const {
    if (levels_.back().empty()) return std::nullopt;
    config::Groups groups;
    std::size_t index = 0;
    for (int level = k_; level > 0; --level) {
      const Path& path = levels_[static_cast<std::size_t>(level)][index].paths[static_cast<std::size_t>(rank)];
      if (path.slack == impossible) return std::nullopt;
      groups.push_back(members(path.last_group));
      index = path.previous;
      rank = path.rank;
    }
    return config::canonical_order(std::move(groups));
  }

 private:
  PartSet all() const { return (PartSet{1} << parts_) - 1; }

  // Adds one group to every state of the last level. At least one part is left for each of the `remaining_groups`.
  void add_level(int remaining_groups) {
    const std::vector<State>& below = levels_.back();
    std::vector<State> level;
    std::vector<std::uint32_t> index_of(slack_.size(), absent);
    for (std::uint32_t previous = 0; previous < below.size(); ++previous) {
      for_each_next_group(below[previous], [&](PartSet group) {
        const PartSet parts = below[previous].parts | group;
        const int remaining_parts = parts_ - std::popcount(parts);
        if (remaining_parts < remaining_groups || (remaining_groups == 0 && remaining_parts > 0)) return;
        if (index_of[parts] == absent) {
          index_of[parts] = static_cast<std::uint32_t>(level.size());
          level.push_back({parts, {}});
        }
        for (int rank = 0; rank < 2; ++rank) {
          const double slack = below[previous].paths[static_cast<std::size_t>(rank)].slack + slack_[group];
          if (slack <= budget_) level[index_of[parts]].offer({slack, group, previous, rank});
        }
      });
    }
    levels_.push_back(std::move(level));
  }

  // Calls `visit` with the groups that contain the first free part, overlap no grouped part and fit into the budget.
  // Enumerates the candidates or the subsets of the free parts, whichever are fewer.
  template <typename Visit>
  void for_each_next_group(const State& state, const Visit& visit) const {
    const PartSet free = all() & ~state.parts;
    if (free == 0) return;
    const int first = std::countr_zero(free);
    const double left = budget_ - state.paths[0].slack;
    const auto& candidates = candidates_[static_cast<std::size_t>(first)];
    if (candidates.size() <= std::size_t{1} << (std::popcount(free) - 1)) {
      for (const PartSet group : candidates) {
        if (slack_[group] > left) break;
        if ((group & state.parts) == 0) visit(group);
      }
      return;
    }
    const PartSet first_part = PartSet{1} << first, others = free ^ first_part;
    for (PartSet rest = others;; rest = (rest - 1) & others) {
      if (slack_[rest | first_part] <= left) visit(rest | first_part);
      if (rest == 0) break;
    }
  }

  std::vector<int> members(PartSet group) const {
    std::vector<int> parts;
    for (int part = 0; part < parts_; ++part) {
      if (group >> part & 1) parts.push_back(part);
    }
    return parts;
  }

  static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();

  const std::vector<double>& slack_;  // (2^parts)
  int parts_, k_;
  double budget_;
  std::vector<std::vector<PartSet>> candidates_;  // (parts) groups within the budget by first part, least slack first
  std::vector<std::vector<State>> levels_;        // (k + 1)
};

}  // namespace

double normalised_cut(std::span<const double> weights, int parts, const config::Groups& groups) {
  double ncut = 0;
  for (const auto& group : groups) {
    double within = 0, total = 0;
    for (const int part : group) {
      const auto row = weights.subspan(static_cast<std::size_t>(part) * static_cast<std::size_t>(parts),
                                       static_cast<std::size_t>(parts));
      total += std::accumulate(row.begin(), row.end(), 0.0);
      for (const int other : group) within += row[static_cast<std::size_t>(other)];
    }
    ncut += total > 0 ? std::max(0.0, 1 - within / total) : 1;  // never below 0, whatever the order of summation
  }
  return ncut;
}

MinimumCut minimum_normalised_cut(std::span<const double> weights, int parts, int k) {
  if (k < 1 || k > parts) {
    throw usage_error("number of groups", fmt::format("choose 1 to {}", parts), "{} groups of {} parts", k, parts);
  }
  if (parts > most_exact_parts) return local_normalised_cut(weights, parts, k);
  const std::vector<double> worth = worth_of_every_group(weights, parts);
  const GroupPrices prices = price_parts(worth, parts, k);
  const std::vector<double> slack = slack_of_every_group(worth, prices);
  const auto cut = [&](const config::Groups& groups) {
    return Partition{groups, normalised_cut(weights, parts, groups)};
  };
  for (double budget = first_budget;; budget *= 4) {
    const BudgetedSearch search(slack, parts, k, budget);
    auto first = search.partition(0), second = search.partition(1);
    // Partitions outside the budget have more slack than those within it; no partition has more than best_possible.
    if (first && (second || budget > prices.best_possible)) {
      MinimumCut result{.minimum = cut(*first), .runner_up = std::nullopt};
      if (second) result.runner_up = cut(*second);
      return result;
    }
  }
}

}  // namespace pbn::data
