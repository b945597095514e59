// What a run of a cell will cost: time and memory from what others took, disk from the network's size.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/costs/measurements.h"
#include "orchestrator/grid/sweep.h"

namespace pbn {

struct Estimate {
  std::optional<double> seconds;           // of training; validation is not in it
  std::optional<double> peak_memory_mib;   // of a rank
  bool is_scaled = false;                  // from another cell, by GFLOP per image: shown as "~"
  std::optional<std::int64_t> disk_bytes;  // of a run, at most: three checkpoints, weights and predictions
};

// From a measurement of this very cell with as many ranks, best from a whole run; else from the cell of the same
// precision and ranks that is nearest in GFLOP per image, as if time and memory grew with it. Of an external worker's
// cell: from its own runs, else from the mean of all.
class Estimator {
 public:
  explicit Estimator(const std::vector<Measurement>& measurements);

  Estimate operator()(const Cell& cell) const;

 private:
  using Kind = std::pair<std::string, int>;  // precision and ranks

  const Measurement* of_cell(const Cell& cell) const;
  const Measurement* nearest(const Cell& cell) const;

  std::map<std::pair<std::string, int>, Measurement> by_cell_;  // and ranks
  std::map<Kind, std::map<double, Measurement>> by_gflop_;      // logarithm of GFLOP per image
  Estimate mean_;                                               // of all whole runs
};

}  // namespace pbn
