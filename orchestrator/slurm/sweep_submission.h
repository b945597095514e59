// Submits the missing runs of a sweep to Slurm, as job arrays whose elements perform one run each, or several that are
// packed (element.h, packing.h).
//
//   sweeps/<name>/slurm/chunk-001/{runs.jsonl,array.sh,0.log,1.log,...}, slurm/report-001/{report.sh,log}
#pragma once

#include <string>
#include <vector>

#include "orchestrator/slurm/chunks.h"
#include "orchestrator/slurm/element.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

struct SubmittedSweep {
  MissingRuns missing;
  std::vector<std::string> jobs;  // numbers of the arrays, in the order of missing.chunks
  std::string report_job;         // empty: no report
};

// Submits arrays for the missing runs and, with the pbn arguments `report`, a job that makes the report after all runs
// (empty: no report). First looks up submissions that a crash left open. Throws an environment error with the output of
// sbatch if Slurm refuses; arrays that were accepted before are recorded and not submitted again. The arrays begin
// `after` other jobs (as_dependency() in sbatch_options.h).
SubmittedSweep submit_sweep(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                            const std::vector<std::string>& report, const std::vector<std::string>& after = {});

// The arrays that submit_sweep() would submit with an empty queue. Works without Slurm.
MissingRuns missing_runs(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile);

// The command lines and scripts of these arrays and of the report, for display; XXXXXXXX stands for the digits that
// make a job's name unique, JOB-OF-... for the numbers of jobs.
std::string scripts_of_sweep(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                             const std::vector<std::string>& report, const std::vector<std::string>& after = {});

// What the elements of an array have to know of their runs (runs.jsonl).
std::vector<SlurmElement> elements_of(const SlurmChunk& chunk, const runs::RunStore& store,
                                      const SlurmProfile& profile);

}  // namespace pbn::slurm
