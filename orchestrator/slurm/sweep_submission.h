// Submits the missing runs of a sweep to Slurm, as job arrays with one run per element (element.h).
//
//   sweeps/<name>/slurm/chunk-001/{runs.jsonl,array.sh,0.log,1.log,...}, slurm/report-001/{report.sh,log}
#pragma once

#include <string>
#include <vector>

#include "orchestrator/slurm/chunks.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

struct SubmittedSweep {
  MissingRuns missing;
  std::vector<std::string> jobs;  // numbers of the arrays, in the order of missing.chunks
  std::string report_job;         // empty: no report
};

// Submits arrays for the missing runs and, with the pbn arguments `report`, a job that makes the report after all runs
// (empty: no report). First looks up submissions that a crash left open. Throws an environment error with the output of
// sbatch if Slurm refuses; arrays that were accepted before are recorded and not submitted again.
SubmittedSweep submit_sweep(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                            const std::vector<std::string>& report);

// The command lines and scripts that submit_sweep() would use with an empty queue, for display. Works without Slurm.
std::string scripts_of_sweep(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                             const std::vector<std::string>& report);

}  // namespace pbn::slurm
