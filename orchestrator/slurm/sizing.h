// The time limit and memory of jobs: as the profile says; for `auto` by what finished runs and pbn try needed; and more
// for a run that lacked some (runs/shortage.h).
//
//   time     half as much again as the run will need (twice, if that is scaled from other cells), 5 minutes for start
//            and end, and seconds_to_save; up to 5, 15 or 30 minutes or whole hours
//   memory   a quarter more than the rank will need (half, if scaled), 256 MiB; up to whole GiB. With GPUs, whose
//   memory
//            is what was measured, 8 GiB
//
// Both are cut at the profile's limits, which also stand for what is not known.
#pragma once

#include <compare>
#include <optional>

#include "orchestrator/costs/estimate.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

// Of a run's job. Runs with different needs are in different arrays.
struct JobNeed {
  int minutes = 0;         // 0: as the profile says
  int memory_mib = 0;      // per rank; 0: as the profile says
  bool is_raised = false;  // an attempt lacked something: the run gets an element of its own

  auto operator<=>(const JobNeed&) const = default;
};

class Sizing {
 public:
  Sizing() = default;  // as the profile says

  // Reads measurements of the store only if something is auto.
  Sizing(const SlurmProfile& profile, const grid::Sweep& sweep, const runs::RunStore& store);

  // Throws a usage error if nothing is known about a run's time or memory and the profile has no limit for it.
  JobNeed of(const grid::Cell& cell, const grid::Run& run) const;

  // The profile by which elements are filled (packing.h): with the most time that auto may ask for, and the memory of
  // the cell that needs most.
  SlurmProfile widest(const grid::Sweep& sweep) const;

 private:
  int minutes_for(const grid::Cell& cell) const;
  int memory_for(const grid::Cell& cell) const;

  SlurmProfile profile_;
  std::optional<runs::RunStore> store_;
  std::optional<costs::Estimator> estimate_;
};

// The profile of a job with these needs, whose runs follow one another in so many turns.
SlurmProfile sized(SlurmProfile profile, const JobNeed& need, int turns = 1);

}  // namespace pbn::slurm
