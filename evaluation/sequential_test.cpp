#include "evaluation/sequential_test.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace pbn::evaluation {
namespace {

// The best lambda is the mean difference in deviations: these suit differences of a quarter to four deviations.
constexpr std::array lambdas{0.5, 1.0, 2.0};

// Logarithm of exp(u) / cosh(u), which increases with u.
double log_factor(double u) {
  return std::numbers::ln2 - std::log1p(std::exp(-2 * std::abs(u))) + std::min(0.0, 2 * u);
}

double log_mean_exp(const std::array<double, lambdas.size()>& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double log : logs) sum += std::exp(log - most);
  return most + std::log(sum / static_cast<double>(logs.size()));
}

// The scale of each difference. The deviation of few seeds is uncertain, so it is taken larger. 0 where the earlier
// differences have none: then the sign alone counts. It does not depend on theta, so that evidence falls with theta.
std::vector<double> scales_of(std::span<const double> differences) {
  std::vector<double> scales;
  double mean = 0, squares = 0;  // Welford's recurrence
  for (std::size_t n = 0; n < differences.size(); ++n) {
    const auto earlier = static_cast<double>(n);
    scales.push_back(n < 2 ? 0 : std::sqrt(squares / (earlier - 1) * (1 + 2 / (earlier - 1))));
    const double step = differences[n] - mean;
    mean += step / (earlier + 1);
    squares += step * (differences[n] - mean);
  }
  return scales;
}

struct Game {
  std::vector<double> differences, scales;
};

// The logarithm of what a stake of 1 on "above theta" (side 1) or "below" (-1) has been worth at most.
double log_evidence(const Game& game, double theta, int side) {
  std::array<double, lambdas.size()> logs{};
  double most = 0;
  for (std::size_t n = 0; n < game.differences.size(); ++n) {
    const double distance = side * (game.differences[n] - theta);
    const double sign = (distance > 0) - (distance < 0);
    const double deviations = game.scales[n] > 0 ? distance / game.scales[n] : sign;
    for (std::size_t i = 0; i < lambdas.size(); ++i) logs[i] += log_factor(lambdas[i] * deviations);
    most = std::max(most, log_mean_exp(logs));
  }
  return most;
}

// The end of the interval on the side of small (1) or large (-1) centres. Evidence for "above theta" falls with theta.
double interval_end(const Game& game, int side, double log_limit) {
  const auto [least, most] = std::minmax_element(game.differences.begin(), game.differences.end());
  const double inner = side > 0 ? *most : *least;  // no evidence for differences beyond the last one
  double step = std::max({*most - *least, 1e-6 * std::abs(inner), 1e-300});
  double outer = inner - side * step;
  for (int doubling = 0; log_evidence(game, outer, side) < log_limit; ++doubling) {
    if (doubling == 64) return -side * unbounded.high;
    step *= 2;
    outer = inner - side * step;
  }
  double rejected = outer, kept = inner;
  for (int halving = 0; halving < 100; ++halving) {
    const double middle = rejected + (kept - rejected) / 2;
    (log_evidence(game, middle, side) < log_limit ? kept : rejected) = middle;
  }
  return rejected;
}

// The mean logarithm of one seed's factor where differences are normal, for the lambda that suits best.
double growth(double mean) {
  double best = 0;
  for (const double lambda : lambdas) {
    double sum = 0, weights = 0;
    for (int step = -60; step <= 60; ++step) {
      const double z = step / 10.0, weight = std::exp(-z * z / 2);
      sum += weight * log_factor(lambda * (mean + z));
      weights += weight;
    }
    best = std::max(best, sum / weights);
  }
  return best;
}

// Divided by a power of two, which changes no digit, so that squares neither overflow nor underflow.
int exponent_of(std::span<const double> differences) {
  double most = 0;
  for (const double difference : differences) most = std::max(most, std::abs(difference));
  return most > 0 ? std::ilogb(most) : 0;
}

Game game_of(std::span<const double> differences, int exponent) {
  Game game;
  for (const double difference : differences) game.differences.push_back(std::scalbn(difference, -exponent));
  game.scales = scales_of(game.differences);
  return game;
}

}  // namespace

SequentialTest sequential_test(std::span<const double> differences) {
  const Game game = game_of(differences, exponent_of(differences));
  const double above = log_evidence(game, 0, 1), below = log_evidence(game, 0, -1);
  const double most = std::max(above, below);
  return {std::min(1.0, 2 * std::exp(-most)), most == 0 ? 0 : above >= below ? 1 : -1};
}

double smallest_sequential_p(std::size_t n) {
  // Two signs, and then differences beyond all deviations, whose factor is 2.
  Game game{std::vector<double>(n, 1.0), std::vector<double>(n, 1e-9)};
  for (std::size_t i = 0; i < std::min<std::size_t>(n, 2); ++i) game.scales[i] = 0;
  return std::min(1.0, 2 * std::exp(-log_evidence(game, 0, 1)));
}

double sequential_one_sided_p(std::span<const double> differences, double centre, int side) {
  const int exponent = exponent_of(differences);
  return std::exp(-log_evidence(game_of(differences, exponent), std::scalbn(centre, -exponent), side));
}

Interval sequential_interval(std::span<const double> differences, double error) {
  if (differences.empty()) return unbounded;
  const int exponent = exponent_of(differences);
  const Game game = game_of(differences, exponent);
  const double log_limit = std::log(2 / error);
  const double low = std::scalbn(interval_end(game, 1, log_limit), exponent);
  const double high = std::scalbn(interval_end(game, -1, log_limit), exponent);
  if (low <= high) return {low, high};
  return {high + (low - high) / 2, high + (low - high) / 2};
}

int seeds_to_tell(double mean_in_deviations, double error) {
  const double per_seed = growth(std::min(std::abs(mean_in_deviations), 100.0));
  if (per_seed <= 1e-9) return 0;
  // The stake is spread over the sides and the lambdas.
  const double seeds = std::ceil(std::log(2.0 * lambdas.size() / error) / per_seed);
  return static_cast<int>(std::min(seeds, 1e6));
}

}  // namespace pbn::evaluation
