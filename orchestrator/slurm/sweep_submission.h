// Hands what a sweep is missing to Slurm and leaves it there: job arrays of at most as many runs as Slurm takes, each
// element one run (element.h).
//
//   sweeps/<name>/slurm/chunk-001/{runs.jsonl,array.sh,0.log,1.log,...}, slurm/report-001/{report.sh,log}
#pragma once

#include <string>
#include <vector>

#include "orchestrator/slurm/chunks.h"
#include "orchestrator/slurm/profile.h"

namespace pbn {

struct SubmittedSweep {
  MissingRuns missing;
  std::vector<std::string> jobs;  // the arrays, in the order of missing.chunks
  std::string report_job;         // empty: none
};

// `report`: the arguments of pbn that make the report, in a job that begins when all runs have ended; none: no report.
// Looks up first what a crash has left open. Throws an environment error with sbatch's own words when Slurm refuses;
// arrays that it took before are written down and not handed over again.
SubmittedSweep submit_sweep(const Sweep& sweep, const RunStore& store, const SlurmProfile& profile,
                            const std::vector<std::string>& report);

// What submit_sweep() would hand over if Slurm had nothing yet, for people: command lines and scripts. Needs no Slurm.
std::string scripts_of_sweep(const Sweep& sweep, const RunStore& store, const SlurmProfile& profile,
                             const std::vector<std::string>& report);

}  // namespace pbn
