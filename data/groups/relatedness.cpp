#include "data/groups/relatedness.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace pbn::data {
namespace {

constexpr std::int32_t unlabelled_cell = -1;

// (N) the lattice cell of the part in each person.
std::vector<std::int32_t> cells_of(const BoxPoses& poses, std::size_t part, int cells) {
  const auto cell = [cells](double side) {
    return static_cast<std::int32_t>(std::clamp(std::floor(side * cells + cells / 2.0), 0.0, cells - 1.0));
  };
  std::vector<std::int32_t> result;
  result.reserve(poses.people.size());
  for (const BoxPose& person : poses.people) {
    const auto& [x, y] = person.joints[part];
    result.push_back(person.labelled[part] ? cell(y) * cells + cell(x) : unlabelled_cell);
  }
  return result;
}

void require_pairs(const BoxPoses& poses, const Relatedness& related) {
  const auto parts = static_cast<std::size_t>(poses.skeleton->size());
  for (std::size_t a = 0; a < parts; ++a) {
    if (related.counted[a * parts + a] > 0) continue;
    throw data_error(names_of(poses.sources), "related parts need a file in which every part is annotated",
                     "none of {} people has the part \"{}\" labelled", poses.people.size(), poses.skeleton->parts[a]);
  }
  for (std::size_t pair = 0; pair < parts * parts; ++pair) {
    if (related.counted[pair] > 0) continue;
    throw data_error(names_of(poses.sources), "related parts need people with both",
                     "none of {} people has both \"{}\" and \"{}\" labelled", poses.people.size(),
                     poses.skeleton->parts[pair / parts], poses.skeleton->parts[pair % parts]);
  }
}

// Counts per cell or per pair of cells. Entropies are made of their n log n.
class Histogram {
 public:
  Histogram(std::size_t bins, int most) : counts_(bins), n_log_n_(static_cast<std::size_t>(most) + 1) {
    for (std::size_t n = 2; n < n_log_n_.size(); ++n) {
      n_log_n_[n] = static_cast<double>(n) * std::log(static_cast<double>(n));
    }
  }

  void add(std::size_t bin, int times) { counts_[bin] += times; }

  // n log n of this bin, which becomes empty. Taking a bin again adds 0, so bins can be taken once per person.
  double take(std::size_t bin) {
    const int count = counts_[bin];
    counts_[bin] = 0;
    return n_log_n_[static_cast<std::size_t>(count)];
  }

 private:
  std::vector<int> counts_;
  std::vector<double> n_log_n_;
};

}  // namespace

LatticePoses::LatticePoses(const BoxPoses& poses, int cells)
    : skeleton_(poses.skeleton), people_(static_cast<int>(poses.people.size())), side_(cells) {
  for (std::size_t part = 0; part < skeleton_->parts.size(); ++part) cells_.push_back(cells_of(poses, part, side_));
  require_pairs(poses, relatedness());
}

Relatedness LatticePoses::relatedness() const {
  return relatedness(std::vector<int>(static_cast<std::size_t>(people_), 1));
}

Relatedness LatticePoses::relatedness(std::span<const int> times) const {
  const std::size_t parts = cells_.size(), cells = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
  const int total = std::accumulate(times.begin(), times.end(), 0);
  Histogram both(cells * cells, total), first(cells, total), second(cells, total);
  Relatedness related{skeleton_, total, std::vector<double>(parts * parts), std::vector<int>(parts * parts)};

  struct CellPair {
    std::size_t a, b;
  };
  std::vector<CellPair> seen;
  for (std::size_t a = 0; a < parts; ++a) {
    for (std::size_t b = a; b < parts; ++b) {
      seen.clear();
      int counted = 0;
      for (std::size_t person = 0; person < times.size(); ++person) {
        const std::int32_t cell_a = cells_[a][person], cell_b = cells_[b][person];
        if (cell_a < 0 || cell_b < 0 || times[person] == 0) continue;
        seen.push_back({static_cast<std::size_t>(cell_a), static_cast<std::size_t>(cell_b)});
        both.add(seen.back().a * cells + seen.back().b, times[person]);
        first.add(seen.back().a, times[person]);
        second.add(seen.back().b, times[person]);
        counted += times[person];
      }
      // n I = sum n_ab log n_ab - sum n_a log n_a - sum n_b log n_b + n log n
      double sum = counted > 0 ? counted * std::log(counted) : 0;
      for (const CellPair& at : seen) sum += both.take(at.a * cells + at.b) - first.take(at.a) - second.take(at.b);
      related.counted[a * parts + b] = related.counted[b * parts + a] = counted;
      if (a == b || counted == 0) continue;
      related.nats[a * parts + b] = related.nats[b * parts + a] = std::max(0.0, sum / counted);
    }
  }
  return related;
}

std::vector<double> Relatedness::normalised() const {
  const auto parts = static_cast<std::size_t>(skeleton->size());
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  for (std::size_t a = 0; a < parts; ++a) {
    for (std::size_t b = a + 1; b < parts; ++b) {
      least = std::min(least, nats[a * parts + b]);
      greatest = std::max(greatest, nats[a * parts + b]);
    }
  }
  std::vector<double> weights(parts * parts);
  for (std::size_t a = 0; a < parts; ++a) {
    for (std::size_t b = 0; b < parts; ++b) {
      if (a == b) continue;
      weights[a * parts + b] = greatest > least ? (nats[a * parts + b] - least) / (greatest - least) : 1;
    }
  }
  return weights;
}

}  // namespace pbn::data
