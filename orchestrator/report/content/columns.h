// Which figures a report shows, and what they are called. Names of figures: evaluation/metrics.h.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/skeleton.h"

namespace pbn {

struct Column {
  std::string title, figure;  // "occluded", "pckh50.all16@occluded"
};

struct Columns {
  std::vector<Column> splits;          // the metric over all joints, the visible and the occluded ones
  std::vector<Column> parts;           // by body part, left and right averaged
  std::vector<Column> occluded_parts;  // the same, of occluded joints alone
  std::vector<Column> others;          // other means, other thresholds, the area under the curve

  std::vector<std::string> figures() const;  // of all of them, each once
};

// Of the figures that are `known`. Without a skeleton, where an external worker names its figures as it likes, the
// metric stands alone and up to twelve others follow it.
Columns columns_of(const std::string& metric, const Skeleton* skeleton, const std::set<std::string>& known);

// "PCKh@0.5" of "pckh50.all16", and the same with what it counts: "PCKh@0.5, all 16 parts pooled".
std::string metric_title(const std::string& metric);
std::string metric_description(const std::string& metric);

}  // namespace pbn
