#include "orchestrator/report/statistics/image_bootstrap.h"

#include <algorithm>

#include "base/random.h"

namespace pbn::report {
namespace {

struct Sums {
  std::vector<double> gain, joints;  // (columns)

  explicit Sums(std::size_t columns) : gain(columns), joints(columns) {}

  void add(const ImageTallies& tallies, std::size_t image) {
    for (std::size_t c = 0; c < tallies.columns; ++c) {
      gain[c] += tallies.gain[image * tallies.columns + c];
      joints[c] += tallies.joints[image * tallies.columns + c];
    }
  }

  double percent() const {
    double shares = 0;
    int counted = 0;
    for (std::size_t c = 0; c < joints.size(); ++c) {
      if (joints[c] == 0) continue;
      shares += gain[c] / joints[c];
      ++counted;
    }
    return counted ? 100 * shares / counted : 0;
  }
};

// Interpolated linearly, as by R's quantile() and NumPy's percentile().
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

double ImageTallies::difference() const {
  Sums sums(columns);
  for (std::size_t image = 0; image < images(); ++image) sums.add(*this, image);
  return sums.percent();
}

std::optional<evaluation::Interval> image_bootstrap(const ImageTallies& tallies, int resamples, std::uint64_t seed) {
  const auto images = static_cast<std::uint32_t>(tallies.images());
  if (images == 0) return std::nullopt;
  std::vector<double> differences;
  for (int resample = 0; resample < resamples; ++resample) {
    Random random(seed, 0, static_cast<std::uint32_t>(resample), Purpose::bootstrap);
    Sums sums(tallies.columns);
    for (std::uint32_t draw = 0; draw < images; ++draw) sums.add(tallies, random.below(images));
    differences.push_back(sums.percent());
  }
  std::sort(differences.begin(), differences.end());
  return evaluation::Interval{quantile(differences, 0.025), quantile(differences, 0.975)};
}

}  // namespace pbn::report
