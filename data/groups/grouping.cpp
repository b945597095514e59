#include "data/groups/grouping.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "data/groups/group_prices.h"

namespace pbn {
namespace {

constexpr int most_parts = 18;  // above, tables over all sets of parts would not fit into memory
constexpr double impossible = std::numeric_limits<double>::infinity();
constexpr double first_budget = 1.0 / 64;  // of total slack; four times that if it is too little

// A way to reach a set of grouped parts: the group that was added last, and what was there before.
struct Way {
  double slack = impossible;  // of all its groups
  PartSet last_group = 0;
  std::uint32_t before = 0;  // the place in the level below
  int rank = 0;              // its best way (0) or second best (1)
};

// A set of parts that is grouped already, by the best two ways found.
struct Grouped {
  PartSet parts = 0;
  std::array<Way, 2> ways;

  void offer(const Way& way) {
    if (way.slack < ways[0].slack) {
      ways[1] = ways[0];
      ways[0] = way;
    } else if (way.slack < ways[1].slack) {
      ways[1] = way;
    }
  }
};

// Everything that can be grouped within a budget of slack: level g has the sets that g groups make up. Each next group
// has the first part that is not grouped yet, so that every partition is met once.
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
    levels_.push_back({Grouped{0, {Way{0, 0, 0, 0}, Way{}}}});
    for (int groups = 1; groups <= k; ++groups) add_level(k - groups);
  }

  // The groups of the best (0) or second best (1) way to group all parts; none when the budget does not reach.
  std::optional<Groups> partition(int rank) const {
    if (levels_.back().empty()) return std::nullopt;
    Groups groups;
    std::size_t place = 0;
    for (int level = k_; level > 0; --level) {
      const Way& way = levels_[static_cast<std::size_t>(level)][place].ways[static_cast<std::size_t>(rank)];
      if (way.slack == impossible) return std::nullopt;
      groups.push_back(members(way.last_group));
      place = way.before;
      rank = way.rank;
    }
    return canonical_order(std::move(groups));
  }

 private:
  PartSet all() const { return (PartSet{1} << parts_) - 1; }

  // Adds one group to everything on the last level; `still_to_come` groups follow, with a part each at least.
  void add_level(int still_to_come) {
    const std::vector<Grouped>& below = levels_.back();
    std::vector<Grouped> level;
    std::vector<std::uint32_t> place_of(slack_.size(), nowhere);
    for (std::uint32_t before = 0; before < below.size(); ++before) {
      for_every_group_beside(below[before], [&](PartSet group) {
        const PartSet parts = below[before].parts | group;
        const int left = parts_ - std::popcount(parts);
        if (left < still_to_come || (still_to_come == 0 && left > 0)) return;
        if (place_of[parts] == nowhere) {
          place_of[parts] = static_cast<std::uint32_t>(level.size());
          level.push_back({parts, {}});
        }
        for (int rank = 0; rank < 2; ++rank) {
          const double slack = below[before].ways[static_cast<std::size_t>(rank)].slack + slack_[group];
          if (slack <= budget_) level[place_of[parts]].offer({slack, group, before, rank});
        }
      });
    }
    levels_.push_back(std::move(level));
  }

  // Calls `visit` with the groups that have the first free part and no grouped one, and that the budget still pays.
  // Takes them from the candidates or from the sets of free parts, whichever are fewer.
  template <typename Visit>
  void for_every_group_beside(const Grouped& grouped, const Visit& visit) const {
    const PartSet free = all() & ~grouped.parts;
    if (free == 0) return;
    const int first = std::countr_zero(free);
    const double left = budget_ - grouped.ways[0].slack;
    const auto& candidates = candidates_[static_cast<std::size_t>(first)];
    if (candidates.size() <= std::size_t{1} << (std::popcount(free) - 1)) {
      for (const PartSet group : candidates) {
        if (slack_[group] > left) break;
        if ((group & grouped.parts) == 0) visit(group);
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

  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

  const std::vector<double>& slack_;  // (2^parts)
  int parts_, k_;
  double budget_;
  std::vector<std::vector<PartSet>> candidates_;  // (parts) groups within the budget by their first part, least slack
                                                  // first
  std::vector<std::vector<Grouped>> levels_;      // (k + 1)
};

}  // namespace

double normalised_cut(std::span<const double> weights, int parts, const Groups& groups) {
  double ncut = 0;
  for (const auto& group : groups) {
    double within = 0, at_its_parts = 0;
    for (const int part : group) {
      const auto row = weights.subspan(static_cast<std::size_t>(part * parts), static_cast<std::size_t>(parts));
      at_its_parts += std::accumulate(row.begin(), row.end(), 0.0);
      for (const int other : group) within += row[static_cast<std::size_t>(other)];
    }
    ncut +=
        at_its_parts > 0 ? std::max(0.0, 1 - within / at_its_parts) : 1;  // sums in another order may differ by a bit
  }
  return ncut;
}

MinimumCut minimum_normalised_cut(std::span<const double> weights, int parts, int k) {
  if (k < 1 || k > parts) {
    throw usage_error("number of groups", fmt::format("choose 1 to {}", parts), "{} groups of {} parts", k, parts);
  }
  if (parts > most_parts) throw bug_error("grouping", "", "{} parts are more than {}", parts, most_parts);
  const std::vector<double> worth = worth_of_every_group(weights, parts);
  const GroupPrices prices = price_parts(worth, parts, k);
  const std::vector<double> slack = slack_of_every_group(worth, prices);
  const auto cut = [&](Groups groups) { return Partition{groups, normalised_cut(weights, parts, groups)}; };
  for (double budget = first_budget;; budget *= 4) {
    const BudgetedSearch search(slack, parts, k, budget);
    auto first = search.partition(0), second = search.partition(1);
    // Nothing that the budget leaves out has less slack than what it finds; and no partition has more than all of it.
    if (first && (second || budget > prices.best_possible)) {
      MinimumCut result{cut(std::move(*first)), std::nullopt};
      if (second) result.runner_up = cut(std::move(*second));
      return result;
    }
  }
}

}  // namespace pbn
