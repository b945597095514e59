// How much the difference of two cells depends on which validation images there happened to be. That is another
// question than what the seeds answer: it takes the trained networks as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/statistics.h"

namespace pbn {

// Of each image, column by column: a column for each part whose percentages are averaged, or one for all pooled parts.
struct ImageTallies {
  std::size_t columns = 1;
  std::vector<double> gain;    // (images, columns) joints found by the one, less those found by the other
  std::vector<double> joints;  // (images, columns) joints that count

  std::size_t images() const { return joints.size() / columns; }

  // In percent: the mean over the columns of gain / joints; columns without joints are left out.
  double difference() const;
};

// Percentile interval, 95%, of the difference in percent: images are drawn anew, as many as there are, with
// replacement, both cells on the same ones. The draws depend on `seed` alone. None without images.
std::optional<Interval> image_bootstrap(const ImageTallies& tallies, int resamples = 2000, std::uint64_t seed = 1);

}  // namespace pbn
