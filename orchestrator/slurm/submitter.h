// Handing a script to Slurm so that a crash at any moment loses nothing and hands over nothing twice: the intent is
// written down, with a job name that is never used again, before sbatch is called (submission_journal.h).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/slurm.h"
#include "orchestrator/slurm/submission_journal.h"

namespace pbn {

class SlurmSubmitter {
 public:
  // Waits while another process submits for this sweep.
  explicit SlurmSubmitter(std::filesystem::path sweep_folder);

  const Slurm& slurm() const { return slurm_; }
  const SubmissionJournal& journal() const { return journal_; }

  // What a crash has left open is looked up by its name: Slurm has it, or it never got it.
  void close_open_submissions(const std::vector<QueueElement>& queue);

  // The job's number. `submission` needs no name; `script` lies in its chunk. When sbatch does not know whether the job
  // was taken, it is looked up before it is handed over again. Throws an environment error with sbatch's own words when
  // Slurm refuses.
  std::string submit(Submission submission, std::vector<std::string> options, const std::string& script);

 private:
  std::filesystem::path sweep_folder_;
  Slurm slurm_;
  FileLock lock_;
  SubmissionJournal journal_;
};

// The elements that Slurm has, waiting or running, by the run of this store that they carry out, whichever sweep handed
// them over.
std::map<std::string, QueueElement> queued_runs(const RunStore& store, const std::vector<QueueElement>& queue);

// Takes runs out of Slurm's queue. Those that it carries out already save themselves when they see that they are
// cancelled (run_attempt.h), which a scancel would leave them no time for. Does nothing where there is no Slurm.
void cancel_on_slurm(const RunStore& store, const std::vector<std::string>& runs);

}  // namespace pbn
