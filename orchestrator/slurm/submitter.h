// Submits scripts to Slurm. A crash at any moment neither loses nor duplicates a submission, because the intent is
// recorded with a unique job name before sbatch is called (submission_journal.h).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/slurm.h"
#include "orchestrator/slurm/submission_journal.h"

namespace pbn::slurm {

class SlurmSubmitter {
 public:
  // Waits while another process submits for this sweep.
  explicit SlurmSubmitter(std::filesystem::path sweep_folder);

  const Slurm& slurm() const { return slurm_; }
  const SubmissionJournal& journal() const { return journal_; }

  // Looks up submissions that a crash left open by their names, and records whether Slurm has the job.
  void close_open_submissions(const std::vector<QueueElement>& queue);

  // Returns the job's number. `submission` needs no name; `script` is a file in its chunk. If sbatch fails without
  // saying whether the job was accepted, the job is looked up before another try. Throws an environment error with the
  // output of sbatch if Slurm refuses.
  std::string submit(Submission submission, std::vector<std::string> options, const std::string& script);

 private:
  std::filesystem::path sweep_folder_;
  Slurm slurm_;
  FileLock lock_;
  SubmissionJournal journal_;
};

// A waiting or running element for runs of this store.
struct QueuedElement {
  QueueElement element;
  std::filesystem::path list;  // runs.jsonl of its array
  std::vector<std::string> runs;
};

// All of them, whichever sweep submitted them.
std::vector<QueuedElement> queued_elements(const runs::RunStore& store, const std::vector<QueueElement>& queue);

// Removes waiting elements from Slurm's queue that have no other runs to perform than these. An element that starts
// leaves out cancelled runs. Running ones notice the cancellation themselves and save their state
// (run_attempt.h), for which scancel would leave no time. Does nothing without Slurm.
void cancel_on_slurm(const runs::RunStore& store, const std::vector<std::string>& runs);

}  // namespace pbn::slurm
