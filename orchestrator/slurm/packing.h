// How many runs an element of a job array carries, and how many of them run side by side: array.runs_per_element and
// node of the profile. Runs that do not fit beside others follow one another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/costs/estimate.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

class Packing {
 public:
  Packing() = default;  // one run per element

  // With runs_per_element auto, the times of runs come from finished runs of the store and from pbn try.
  Packing(const SlurmProfile& profile, const grid::Sweep& sweep, const runs::RunStore& store);

  // Runs of this cell that fit on a node at a time, at most array.parallel and, if that is a number, runs_per_element.
  int side_by_side(const grid::Cell& cell) const;

 private:
  friend class PackedElement;

  SlurmProfile profile_;
  std::optional<costs::Estimator> estimate_;  // only for auto
  std::optional<double> seconds_;             // in which the runs of an element should end; nothing: unknown
};

// The runs of one element, while it is being filled.
class PackedElement {
 public:
  PackedElement(const Packing& packing, const grid::Cell& first);

  // Adds a run of this cell, which needs as many ranks as the first one, if there is room: fewer than runs_per_element,
  // or for auto, time for it after the others. Otherwise false. A run of unknown length gets a place of its own.
  bool take(const grid::Cell& cell);

 private:
  const Packing* packing_;
  int runs_ = 0;
  std::vector<double> busy_;  // seconds, of each place side by side
};

}  // namespace pbn::slurm
