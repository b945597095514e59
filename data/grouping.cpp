#include "data/grouping.h"

#include <bit>
#include <cstdint>
#include <limits>

#include "base/error.h"

namespace pbn {
namespace {

using Subset = std::uint32_t;  // bit p: part p is in it

constexpr int most_parts = 18;  // above, the table of the dynamic programme would not fit into memory
constexpr double impossible = std::numeric_limits<double>::infinity();

double cost_of_group(double within, double at_its_parts) { return at_its_parts > 0 ? 1 - within / at_its_parts : 1; }

// (2^parts) the cost of each subset as a group.
std::vector<double> cost_of_every_group(std::span<const double> weights, int parts) {
  const std::size_t subsets = std::size_t{1} << parts;
  std::vector<double> within(subsets), at_parts(subsets), cost(subsets);
  for (std::size_t subset = 1; subset < subsets; ++subset) {
    const auto first = static_cast<std::size_t>(std::countr_zero(subset));
    const std::size_t others = subset & (subset - 1);
    const auto row = weights.subspan(first * static_cast<std::size_t>(parts), static_cast<std::size_t>(parts));
    within[subset] = within[others];
    at_parts[subset] = at_parts[others];
    for (std::size_t part = 0; part < row.size(); ++part) {
      at_parts[subset] += row[part];
      if (others >> part & 1) within[subset] += 2 * row[part];
    }
    cost[subset] = cost_of_group(within[subset], at_parts[subset]);
  }
  return cost;
}

// One way to split a subset into groups: the group that has its first part, and a way for the rest.
struct Split {
  double cost = impossible;
  Subset first_group = 0;
  int rest = 0;  // 0: the rest's best split, 1: its second
};

struct BestTwo {
  std::array<Split, 2> split;

  void offer(const Split& candidate) {
    if (candidate.cost < split[0].cost) {
      split[1] = split[0];
      split[0] = candidate;
    } else if (candidate.cost < split[1].cost) {
      split[1] = candidate;
    }
  }
};

class SubsetProgramme {
 public:
  SubsetProgramme(std::span<const double> weights, int parts, int k)
      : parts_(parts), k_(k), cost_(cost_of_every_group(weights, parts)), best_(static_cast<std::size_t>(k)) {
    for (auto& level : best_) level.resize(cost_.size());
    for (Subset subset = 1; subset < cost_.size(); ++subset) best_[0][subset].offer({cost_[subset], subset, 0});
    for (int groups = 2; groups < k_; ++groups) {
      // What is left after the first group never has part 0.
      for (Subset subset = 2; subset < cost_.size(); subset += 2) split(subset, groups);
    }
    if (k_ > 1) split(all(), k_);
  }

  // The groups of the best (0) or second best (1) partition of all parts; none when it does not exist.
  std::optional<Groups> partition(int rank) const {
    Groups groups;
    Subset subset = all();
    for (int level = k_; level > 0; --level) {
      const Split& chosen = best_[static_cast<std::size_t>(level - 1)][subset].split[static_cast<std::size_t>(rank)];
      if (chosen.cost == impossible) return std::nullopt;
      groups.push_back(members(chosen.first_group));
      subset &= ~chosen.first_group;
      rank = chosen.rest;
    }
    return canonical_order(std::move(groups));
  }

 private:
  Subset all() const { return static_cast<Subset>(cost_.size() - 1); }

  // The best two ways to make `groups` groups of the subset. The first part's group is chosen, so that each partition
  // is met once.
  void split(Subset subset, int groups) {
    if (std::popcount(subset) < groups) return;
    const std::vector<BestTwo>& smaller = best_[static_cast<std::size_t>(groups - 2)];
    BestTwo best;
    const Subset first_part = subset & (0 - subset);
    const Subset others = subset ^ first_part;
    for (Subset rest = others; rest != 0; rest = (rest - 1) & others) {
      const Subset group = subset ^ rest;
      for (int rank = 0; rank < 2; ++rank) {
        const double cost = cost_[group] + smaller[rest].split[static_cast<std::size_t>(rank)].cost;
        if (!(cost < best.split[1].cost)) break;
        best.offer({cost, group, rank});
      }
    }
    best_[static_cast<std::size_t>(groups - 1)][subset] = best;
  }

  std::vector<int> members(Subset subset) const {
    std::vector<int> group;
    for (int part = 0; part < parts_; ++part) {
      if (subset >> part & 1) group.push_back(part);
    }
    return group;
  }

  int parts_, k_;
  std::vector<double> cost_;                // (2^parts)
  std::vector<std::vector<BestTwo>> best_;  // (k, 2^parts) [groups - 1][subset]
};

}  // namespace

double normalised_cut(std::span<const double> weights, int parts, const Groups& groups) {
  double ncut = 0;
  for (const auto& group : groups) {
    double within = 0, at_its_parts = 0;
    for (const int part : group) {
      const auto row = weights.subspan(static_cast<std::size_t>(part * parts), static_cast<std::size_t>(parts));
      for (const double weight : row) at_its_parts += weight;
      for (const int other : group) within += row[static_cast<std::size_t>(other)];
    }
    ncut += cost_of_group(within, at_its_parts);
  }
  return ncut;
}

MinimumCut minimum_normalised_cut(std::span<const double> weights, int parts, int k) {
  if (k < 1 || k > parts) {
    throw usage_error("number of groups", fmt::format("choose 1 to {}", parts), "{} groups of {} parts", k, parts);
  }
  if (parts > most_parts) throw bug_error("grouping", "", "{} parts are more than {}", parts, most_parts);
  const SubsetProgramme programme(weights, parts, k);
  const auto cut = [&](Groups groups) { return Partition{groups, normalised_cut(weights, parts, groups)}; };
  MinimumCut result{cut(programme.partition(0).value()), std::nullopt};
  if (auto second = programme.partition(1)) result.runner_up = cut(std::move(*second));
  return result;
}

}  // namespace pbn
