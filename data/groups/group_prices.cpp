#include "data/groups/group_prices.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace pbn::data {
namespace {

constexpr int steps = 150;
constexpr double first_step = 0.2, shrinkage = 0.96;  // length of the first step, factor from step to step

// The sum of every subset of `values`, at the index whose bits are the subset.
std::vector<double> sums_of_subsets(std::span<const double> values) {
  std::vector<double> sums{0};
  sums.reserve(std::size_t{1} << values.size());
  for (const double value : values) {
    const std::size_t half = sums.size();
    for (std::size_t subset = 0; subset < half; ++subset) sums.push_back(sums[subset] + value);
  }
  return sums;
}

// Prices of all subsets of the first parts (low) and of the other parts (high).
struct SplitPrices {
  std::vector<double> low, high;

  explicit SplitPrices(std::span<const double> of_part) {
    const std::size_t low_parts = std::min<std::size_t>(8, of_part.size());
    low = sums_of_subsets(of_part.first(low_parts));
    high = sums_of_subsets(of_part.subspan(low_parts));
  }
};

// The maximum of values[i] - prices[i], in lanes that the compiler can vectorise.
double greatest_difference(std::span<const double> values, std::span<const double> prices) {
  std::array<double, 8> greatest;
  greatest.fill(-std::numeric_limits<double>::infinity());
  std::size_t i = 0;
  for (; i + greatest.size() <= values.size(); i += greatest.size()) {
    for (std::size_t lane = 0; lane < greatest.size(); ++lane) {
      const double difference = values[i + lane] - prices[i + lane];
      greatest[lane] = difference > greatest[lane] ? difference : greatest[lane];
    }
  }
  for (; i < values.size(); ++i) greatest[0] = std::max(greatest[0], values[i] - prices[i]);
  return *std::max_element(greatest.begin(), greatest.end());
}

struct PricedGroup {
  PartSet group = 0;
  double gain = 0;  // worth - prices
};

// The group that is worth most above its prices.
PricedGroup most_profitable_group(std::span<const double> worth, std::span<const double> of_part) {
  const SplitPrices prices(of_part);
  const std::size_t row_length = prices.low.size();
  const auto row_of = [&](std::size_t row) {  // the empty set is no group
    return row == 0 ? worth.subspan(1, row_length - 1) : worth.subspan(row * row_length, row_length);
  };
  const std::span<const double> all_low(prices.low);
  std::size_t best_row = 0;
  double gain = -std::numeric_limits<double>::infinity();
  for (std::size_t row = 0; row < prices.high.size(); ++row) {
    const double here = greatest_difference(row_of(row), row == 0 ? all_low.subspan(1) : all_low) - prices.high[row];
    if (here > gain) {
      gain = here;
      best_row = row;
    }
  }
  PricedGroup best{0, -std::numeric_limits<double>::infinity()};
  for (std::size_t i = best_row == 0 ? 1 : 0; i < row_length; ++i) {
    const double here = worth[best_row * row_length + i] - prices.low[i] - prices.high[best_row];
    if (here > best.gain) best = {static_cast<PartSet>(best_row * row_length + i), here};
  }
  return best;
}

}  // namespace

std::vector<double> worth_of_every_group(std::span<const double> weights, int parts) {
  const std::size_t sets = std::size_t{1} << parts, side = static_cast<std::size_t>(parts);
  std::vector<double> within(sets), at_parts(sets), worth(sets);
  for (std::size_t part = 0; part < side; ++part) {
    const auto row = weights.subspan(part * side, side);
    const std::vector<double> to_set = sums_of_subsets(row.first(part));  // of the parts before this one
    const double to_all = std::accumulate(row.begin(), row.end(), 0.0);
    for (std::size_t others = 0; others < to_set.size(); ++others) {
      const std::size_t set = to_set.size() + others;
      within[set] = within[others] + 2 * to_set[others];
      at_parts[set] = at_parts[others] + to_all;
      worth[set] = at_parts[set] > 0 ? within[set] / at_parts[set] : 0;
    }
  }
  return worth;
}

GroupPrices price_parts(std::span<const double> worth, int parts, int k) {
  GroupPrices best{{}, 0, std::numeric_limits<double>::infinity()};
  std::vector<double> prices(static_cast<std::size_t>(parts), 1.0 / parts);
  double length = first_step;
  for (int step = 0; step < steps; ++step, length *= shrinkage) {
    const PricedGroup best_group = most_profitable_group(worth, prices);
    const double possible = std::accumulate(prices.begin(), prices.end(), 0.0) + k * best_group.gain;
    if (possible < best.best_possible) best = {prices, best_group.gain, possible};
    // The gradient of `possible`: raising a price costs every partition 1, and lowers the fee of k groups if the most
    // profitable group contains the part.
    const auto slope = [&](int part) { return best_group.group >> part & 1 ? 1.0 - k : 1.0; };
    double norm = 0;
    for (int part = 0; part < parts; ++part) norm += slope(part) * slope(part);
    if (norm == 0) break;
    for (int part = 0; part < parts; ++part) {
      prices[static_cast<std::size_t>(part)] -= length * slope(part) / std::sqrt(norm);
    }
  }
  return best;
}

std::vector<double> slack_of_every_group(std::span<const double> worth, const GroupPrices& prices) {
  std::vector<double> slack = sums_of_subsets(prices.of_part);
  for (std::size_t set = 0; set < slack.size(); ++set) slack[set] = std::max(0.0, prices.fee + slack[set] - worth[set]);
  return slack;
}

}  // namespace pbn::data
