// How far the difference of two cells depends on the choice of validation images. The trained networks are taken as
// they are: nothing is said about other seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/statistics.h"

namespace pbn::report {

// Counts of each image in columns: one for each part whose percentage is averaged, or one for all pooled parts.
struct ImageTallies {
  std::size_t columns = 1;
  std::vector<double> gain;    // (images, columns) joints that the first cell finds, minus those of the second
  std::vector<double> joints;  // (images, columns) joints that are counted

  std::size_t images() const { return joints.size() / columns; }

  // In percent: the mean of gain / joints over the columns that have joints.
  double difference() const;
};

// 95% percentile interval of the difference in percent. Each resample draws as many images as there are, with
// replacement, the same for both cells. The draws depend on `seed` alone. None without images.
std::optional<evaluation::Interval> image_bootstrap(const ImageTallies& tallies, int resamples = 2000,
                                                    std::uint64_t seed = 1);

}  // namespace pbn::report
