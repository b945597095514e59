// Estimates the cost of a cell's run: time and memory from measured runs, disk space from the network's size.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/costs/measurements.h"
#include "orchestrator/grid/sweep.h"

namespace pbn::costs {

struct Estimate {
  std::optional<double> seconds;           // training time without validation
  std::optional<double> peak_memory_mib;   // per rank
  bool is_scaled = false;                  // scaled from another cell by GFLOP per image; shown as "~"
  bool on_gpus = false;                    // one for each rank
  std::optional<std::int64_t> disk_bytes;  // upper bound: three checkpoints, weights and predictions
};

// Estimates from a measurement of the same cell with the same number of ranks, preferably of a complete run; otherwise
// from the cell of the same precision and ranks that is nearest in GFLOP per image, scaled in proportion. A cell of an
// external worker is estimated from its own runs or tries, otherwise from the mean of all runs.
class Estimator {
 public:
  explicit Estimator(const std::vector<Measurement>& measurements);

  Estimate operator()(const grid::Cell& cell) const;

 private:
  const Measurement* of_cell(const grid::Cell& cell) const;
  const Measurement* nearest(const grid::Cell& cell) const;

  std::map<std::pair<std::string, int>, Measurement> by_cell_;                     // by cell id and ranks
  std::map<std::pair<std::string, int>, std::map<double, Measurement>> by_gflop_;  // by precision and ranks, then by
                                                                                   // the logarithm of GFLOP per image
  Estimate mean_;                                                                  // of all runs of known length
};

}  // namespace pbn::costs
