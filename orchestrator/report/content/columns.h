// The figures that a report shows, with their titles. Names of figures: evaluation/metrics.h.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/skeleton.h"

namespace pbn::report {

struct Column {
  std::string title, figure;  // "occluded", "pckh50.all16@occluded"
};

struct Columns {
  std::vector<Column> splits;          // the metric over all joints, over visible ones and over occluded ones
  std::vector<Column> parts;           // each body part, left and right averaged
  std::vector<Column> occluded_parts;  // the occluded joints of each body part
  std::vector<Column> others;          // other means and thresholds, area under the curve

  std::vector<std::string> figures() const;  // of all columns, each once
};

// Columns for the figures in `known`. Without a skeleton, since an external worker names its figures freely, the metric
// is the only split and up to twelve others follow it.
Columns columns_of(const std::string& metric, const config::Skeleton* skeleton, const std::set<std::string>& known);

// "PCKh@0.5" of "pckh50.all16", and with the joints it counts: "PCKh@0.5, all 16 parts pooled".
std::string metric_title(const std::string& metric);
std::string metric_description(const std::string& metric);

}  // namespace pbn::report
