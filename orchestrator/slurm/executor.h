// Hands what a sweep is missing to Slurm and leaves it there: job arrays of at most as many runs as Slurm takes, each
// element one run (element.h).
//
//   sweeps/<name>/slurm/chunk-001/{runs.jsonl,array.sh,0.log,1.log,...}, slurm/report-001/{report.sh,log}
#pragma once

#include <string>
#include <vector>

#include "orchestrator/executors/executor.h"
#include "orchestrator/slurm/chunks.h"
#include "orchestrator/slurm/profile.h"

namespace pbn {

class SlurmExecutor : public Executor {
 public:
  // `report`: the arguments of pbn that make the report, in a job that begins when all runs have ended; none: no
  // report.
  explicit SlurmExecutor(SlurmProfile profile, std::vector<std::string> report = {})
      : profile_(std::move(profile)), report_(std::move(report)) {}

  // Settles first what a crash has left open. Throws an environment error with sbatch's own words when Slurm refuses;
  // arrays that it took before are written down and not handed over again.
  ExecutionSummary execute(const Sweep& sweep, const RunStore& store) override;

  // What execute() would hand over if Slurm had nothing yet, for people: command lines and scripts. Needs no Slurm.
  std::string dry_run(const Sweep& sweep, const RunStore& store) const;

  // What the last execute() found and did.
  const MissingRuns& missing() const { return missing_; }
  const std::vector<std::string>& jobs() const { return jobs_; }  // the arrays, in the order of the chunks
  const std::string& report_job() const { return report_job_; }

 private:
  SlurmProfile profile_;
  std::vector<std::string> report_;
  MissingRuns missing_;
  std::vector<std::string> jobs_;
  std::string report_job_;
};

}  // namespace pbn
