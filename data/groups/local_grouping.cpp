#include "data/groups/local_grouping.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "base/random.h"

namespace pbn::data {
namespace {

constexpr double least_gain = 1e-12;  // smaller ones are rounding, which could go round in circles

std::size_t at(int row, int column, int columns) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
}

// (n, n) weights divided by the roots of both parts' totals; 0 for parts without weights.
std::vector<double> normalised_weights(std::span<const double> weights, int parts) {
  std::vector<double> scale;
  for (int part = 0; part < parts; ++part) {
    const auto row = weights.subspan(at(part, 0, parts), static_cast<std::size_t>(parts));
    const double total = std::accumulate(row.begin(), row.end(), 0.0);
    scale.push_back(total > 0 ? 1 / std::sqrt(total) : 0);
  }
  std::vector<double> result(weights.begin(), weights.end());
  for (int a = 0; a < parts; ++a) {
    for (int b = 0; b < parts; ++b) {
      result[at(a, b, parts)] *= scale[static_cast<std::size_t>(a)] * scale[static_cast<std::size_t>(b)];
    }
  }
  return result;
}

using GroupOfPart = std::vector<int>;  // (parts)

// A partition whose parts can be moved, with the sums from which its cut is made.
class MovableGroups {
 public:
  MovableGroups(std::span<const double> weights, int parts, int k, GroupOfPart group_of)
      : weights_(weights),
        parts_(parts),
        k_(k),
        group_of_(std::move(group_of)),
        to_group_(static_cast<std::size_t>(parts) * static_cast<std::size_t>(k)),
        total_(static_cast<std::size_t>(parts)),
        within_(static_cast<std::size_t>(k)),
        all_(static_cast<std::size_t>(k)),
        count_(static_cast<std::size_t>(k)) {
    for (int part = 0; part < parts; ++part) {
      for (int other = 0; other < parts; ++other) to_group_[at(part, group(other), k)] += weight(part, other);
      for (int g = 0; g < k; ++g) total_[static_cast<std::size_t>(part)] += to_group_[at(part, g, k)];
    }
    for (int part = 0; part < parts; ++part) {
      const auto g = static_cast<std::size_t>(group(part));
      within_[g] += to_group_[at(part, group(part), k)];
      all_[g] += total_[static_cast<std::size_t>(part)];
      ++count_[g];
    }
  }

  // Moves and exchanges parts while that lowers the cut, always by the best move.
  void descend() {
    while (move_best_part() || exchange_best_parts()) {
    }
  }

  // The best partition that differs by one move; the gain is negative in a local minimum.
  config::Groups best_neighbour() {
    const auto [gain, part, to] = best_move();
    if (part < 0) return groups();
    const int from = group(part);
    move(part, to);
    config::Groups neighbour = groups();
    move(part, from);
    return neighbour;
  }

  config::Groups groups() const {
    config::Groups groups(static_cast<std::size_t>(k_));
    for (int part = 0; part < parts_; ++part) groups[static_cast<std::size_t>(group(part))].push_back(part);
    return config::canonical_order(std::move(groups));
  }

 private:
  struct Move {
    double gain = -std::numeric_limits<double>::infinity();
    int part = -1, to = 0;
  };

  double weight(int a, int b) const { return weights_[at(a, b, parts_)]; }
  int group(int part) const { return group_of_[static_cast<std::size_t>(part)]; }

  static double worth(double within, double all) { return all > 0 ? within / all : 0; }
  double worth(int g) const { return worth(within_[static_cast<std::size_t>(g)], all_[static_cast<std::size_t>(g)]); }

  // The worth of a group after `part` has joined (sign 1) or left it (sign -1); its own weight is 0.
  double worth_after(int g, int part, double sign) const {
    return worth(within_[static_cast<std::size_t>(g)] + sign * 2 * to_group_[at(part, g, k_)],
                 all_[static_cast<std::size_t>(g)] + sign * total_[static_cast<std::size_t>(part)]);
  }

  Move best_move() const {
    Move best;
    for (int part = 0; part < parts_; ++part) {
      const int from = group(part);
      if (count_[static_cast<std::size_t>(from)] == 1) continue;
      const double left = worth_after(from, part, -1) - worth(from);
      for (int to = 0; to < k_; ++to) {
        if (to == from) continue;
        const double gain = left + worth_after(to, part, 1) - worth(to);
        if (gain > best.gain) best = {gain, part, to};
      }
    }
    return best;
  }

  bool move_best_part() {
    const Move best = best_move();
    if (best.gain <= least_gain) return false;
    move(best.part, best.to);
    return true;
  }

  bool exchange_best_parts() {
    double best_gain = least_gain;
    int first = -1, second = -1;
    for (int a = 0; a < parts_; ++a) {
      for (int b = a + 1; b < parts_; ++b) {
        if (group(a) == group(b)) continue;
        const double gain =
            worth_exchanged(group(a), a, b) + worth_exchanged(group(b), b, a) - worth(group(a)) - worth(group(b));
        if (gain > best_gain) std::tie(best_gain, first, second) = std::tuple(gain, a, b);
      }
    }
    if (first < 0) return false;
    const int to = group(second);
    move(second, group(first));
    move(first, to);
    return true;
  }

  // The worth of a group in which `in` takes the place of `out`.
  double worth_exchanged(int g, int out, int in) const {
    const double within = within_[static_cast<std::size_t>(g)] - 2 * to_group_[at(out, g, k_)] +
                          2 * (to_group_[at(in, g, k_)] - weight(in, out));
    return worth(within, all_[static_cast<std::size_t>(g)] - total_[static_cast<std::size_t>(out)] +
                             total_[static_cast<std::size_t>(in)]);
  }

  void move(int part, int to) {
    const int from = group(part);
    const double total = total_[static_cast<std::size_t>(part)];
    within_[static_cast<std::size_t>(from)] -= 2 * to_group_[at(part, from, k_)];
    within_[static_cast<std::size_t>(to)] += 2 * to_group_[at(part, to, k_)];
    all_[static_cast<std::size_t>(from)] -= total;
    all_[static_cast<std::size_t>(to)] += total;
    --count_[static_cast<std::size_t>(from)];
    ++count_[static_cast<std::size_t>(to)];
    for (int other = 0; other < parts_; ++other) {
      to_group_[at(other, from, k_)] -= weight(other, part);
      to_group_[at(other, to, k_)] += weight(other, part);
    }
    group_of_[static_cast<std::size_t>(part)] = to;
  }

  std::span<const double> weights_;  // (parts, parts)
  int parts_, k_;
  GroupOfPart group_of_;
  std::vector<double> to_group_;      // (parts, k) the weights of a part to the parts of a group
  std::vector<double> total_;         // (parts) all weights at a part
  std::vector<double> within_, all_;  // (k) weights inside a group, and at its parts
  std::vector<int> count_;            // (k)
};

// Gives a part of the largest group to each empty one.
void fill_empty_groups(GroupOfPart& group_of, int k) {
  for (int empty = 0; empty < k; ++empty) {
    if (std::ranges::find(group_of, empty) != group_of.end()) continue;
    std::vector<std::ptrdiff_t> sizes;
    for (int g = 0; g < k; ++g) sizes.push_back(std::ranges::count(group_of, g));
    const auto largest = static_cast<int>(std::ranges::max_element(sizes) - sizes.begin());
    *std::ranges::find(group_of, largest) = empty;
  }
}

GroupOfPart random_start(int parts, int k, std::uint32_t number) {
  Random random(1, 0, number, Purpose::grouping);
  GroupOfPart group_of;
  for (int part = 0; part < parts; ++part)
    group_of.push_back(static_cast<int>(random.below(static_cast<std::uint32_t>(k))));
  fill_empty_groups(group_of, k);
  return group_of;
}

double distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

// (parts, k) the directions of the parts in the leading eigenvectors.
std::vector<double> spectral_places(const Eigensystem& system, int parts, int k) {
  std::vector<double> places(static_cast<std::size_t>(parts) * static_cast<std::size_t>(k));
  for (int part = 0; part < parts; ++part) {
    double norm = 0;
    for (int axis = 0; axis < k; ++axis) norm += std::pow(system.vectors[at(axis, part, parts)], 2);
    for (int axis = 0; axis < k; ++axis) {
      places[at(part, axis, k)] = norm > 0 ? system.vectors[at(axis, part, parts)] / std::sqrt(norm) : 0;
    }
  }
  return places;
}

// k-means of the rows, whose first centres are far apart.
GroupOfPart spectral_start(const Eigensystem& system, int parts, int k) {
  const std::vector<double> places = spectral_places(system, parts, k);
  const auto place = [&](int part) { return std::span(places).subspan(at(part, 0, k), static_cast<std::size_t>(k)); };
  std::vector<std::vector<double>> centres{{place(0).begin(), place(0).end()}};
  const auto nearest = [&](int part) {
    const auto to = [&](const auto& centre) { return distance(place(part), centre); };
    return static_cast<int>(std::ranges::min_element(centres, {}, to) - centres.begin());
  };
  while (std::ssize(centres) < k) {
    int farthest = 0;
    double most = -1;
    for (int part = 0; part < parts; ++part) {
      const double away = distance(place(part), centres[static_cast<std::size_t>(nearest(part))]);
      if (away > most) std::tie(most, farthest) = std::tuple(away, part);
    }
    centres.emplace_back(place(farthest).begin(), place(farthest).end());
  }
  GroupOfPart group_of(static_cast<std::size_t>(parts));
  constexpr int rounds = 20;
  for (int round = 0; round < rounds; ++round) {
    for (int part = 0; part < parts; ++part) group_of[static_cast<std::size_t>(part)] = nearest(part);
    fill_empty_groups(group_of, k);
    for (int g = 0; g < k; ++g) {
      std::vector<double> sum(static_cast<std::size_t>(k));
      for (int part = 0; part < parts; ++part) {
        if (group_of[static_cast<std::size_t>(part)] != g) continue;
        for (std::size_t axis = 0; axis < sum.size(); ++axis) sum[axis] += place(part)[axis];
      }
      const auto members = static_cast<double>(std::ranges::count(group_of, g));
      for (double& value : sum) value /= members;
      centres[static_cast<std::size_t>(g)] = std::move(sum);
    }
  }
  return group_of;
}

// The best two different partitions so far.
class BestTwo {
 public:
  BestTwo(std::span<const double> weights, int parts) : weights_(weights), parts_(parts) {}

  void offer(const config::Groups& groups) {
    Partition found{groups, normalised_cut(weights_, parts_, groups)};
    for (auto* place : {&first_, &second_}) {
      if (*place && (*place)->groups == found.groups) return;
      const bool is_better =
          !*place || std::pair(found.ncut, found.groups) < std::pair((*place)->ncut, (*place)->groups);
      if (is_better && *place) std::swap(**place, found);
      if (is_better && !*place) {
        *place = std::move(found);
        return;
      }
    }
  }

  MinimumCut result() const { return {.minimum = *first_, .runner_up = second_}; }

 private:
  std::span<const double> weights_;
  int parts_;
  std::optional<Partition> first_, second_;
};

double least_possible(const Eigensystem& system, int k) {
  double kept = 0;
  for (int i = 0; i < k; ++i) kept += std::max(0.0, system.values[static_cast<std::size_t>(i)]);
  return std::max(0.0, k - kept - 1e-9);
}

}  // namespace

Eigensystem symmetric_eigensystem(std::vector<double> matrix, int n) {
  std::vector<double> vectors(matrix.size());
  for (int i = 0; i < n; ++i) vectors[at(i, i, n)] = 1;
  const auto rotate = [&](int p, int q) {
    const double off = matrix[at(p, q, n)];
    if (off == 0) return;
    const double theta = (matrix[at(q, q, n)] - matrix[at(p, p, n)]) / (2 * off);
    const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
    const double c = 1 / std::sqrt(t * t + 1), s = t * c;
    for (int i = 0; i < n; ++i) {
      const double a = matrix[at(i, p, n)], b = matrix[at(i, q, n)];
      matrix[at(i, p, n)] = c * a - s * b;
      matrix[at(i, q, n)] = s * a + c * b;
    }
    for (int i = 0; i < n; ++i) {
      const double a = matrix[at(p, i, n)], b = matrix[at(q, i, n)];
      matrix[at(p, i, n)] = c * a - s * b;
      matrix[at(q, i, n)] = s * a + c * b;
    }
    for (int i = 0; i < n; ++i) {
      const double a = vectors[at(p, i, n)], b = vectors[at(q, i, n)];
      vectors[at(p, i, n)] = c * a - s * b;
      vectors[at(q, i, n)] = s * a + c * b;
    }
  };
  constexpr int most_sweeps = 60;
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    double off = 0;
    for (int p = 0; p < n; ++p) {
      for (int q = p + 1; q < n; ++q) off += matrix[at(p, q, n)] * matrix[at(p, q, n)];
    }
    if (off < 1e-26) break;
    for (int p = 0; p < n; ++p) {
      for (int q = p + 1; q < n; ++q) rotate(p, q);
    }
  }
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](int i) { return matrix[at(i, i, n)]; });
  Eigensystem system;
  for (const int i : order) {
    system.values.push_back(matrix[at(i, i, n)]);
    const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(at(i, 0, n));
    system.vectors.insert(system.vectors.end(), row, row + n);
  }
  return system;
}

double least_possible_cut(std::span<const double> weights, int parts, int k) {
  return least_possible(symmetric_eigensystem(normalised_weights(weights, parts), parts), k);
}

MinimumCut local_normalised_cut(std::span<const double> weights, int parts, int k, int random_starts) {
  const Eigensystem system = symmetric_eigensystem(normalised_weights(weights, parts), parts);
  BestTwo best(weights, parts);
  const auto search_from = [&](GroupOfPart start) {
    MovableGroups groups(weights, parts, k, std::move(start));
    groups.descend();
    best.offer(groups.groups());
    best.offer(groups.best_neighbour());
  };
  search_from(spectral_start(system, parts, k));
  for (int start = 0; start < random_starts; ++start) {
    search_from(random_start(parts, k, static_cast<std::uint32_t>(start)));
  }
  MinimumCut result = best.result();
  result.is_proven = false;
  result.lower_bound = least_possible(system, k);
  return result;
}

}  // namespace pbn::data
