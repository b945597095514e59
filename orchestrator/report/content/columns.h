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

// Columns of pose runs for the figures in `known`.
Columns pose_columns(const std::string& metric, const config::Skeleton& skeleton, const std::set<std::string>& known);

// Columns of any program, which names its figures freely: the metric and up to twelve others.
Columns plain_columns(const std::string& metric, const std::set<std::string>& known);

// "PCKh@0.5" of "pckh50.all16", and with the joints it counts: "PCKh@0.5, all 16 parts pooled".
std::string pose_metric_title(const std::string& metric);
std::string pose_metric_in_full(const std::string& metric);

}  // namespace pbn::report
