// The journal of submissions to Slurm, sweeps/<name>/submissions.jsonl, written before and after every sbatch. After a
// crash between the two, the job is found again by its unique name.
//
//   {"event": "intent", "name": N, "at": "2026-01-31T23:59:59Z", "chunk": "slurm/chunk-001", "first": 0,
//    "runs": [ids]}                                                   before sbatch
//     an entry of "runs" is an element's run, or the list of its runs if it has several
//   {"event": "submitted", "name": N, "job": "123"}                   accepted by sbatch, or found by its name
//   {"event": "given up", "name": N, "reason": "..."}                 refused, or not found
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/json.h"
#include "base/shared_folder.h"

namespace pbn::slurm {

struct Submission {
  std::string name;                                // of the Slurm job
  std::string chunk;                               // folder of its files, relative to the sweep's folder
  std::vector<std::vector<std::string>> elements;  // element first + i performs the runs elements[i]; none: the report
  int first = 0;
  std::string job = "";  // Slurm's number, once known
  bool given_up = false;
  std::string at = "";  // when it was intended, in UTC; empty in journals of 0.2.0 and before

  bool is_open() const { return job.empty() && !given_up; }  // it is unknown whether Slurm has the job
  bool is_report() const { return elements.empty(); }
  std::string element(std::size_t i) const;  // id of the element that performs elements[i]: "123_4"
};

class SubmissionJournal {
 public:
  explicit SubmissionJournal(const std::filesystem::path& sweep_folder);

  std::vector<Submission> read() const;  // in the order of the intents; empty if there is no journal

  // The newest element of each run, which may have ended; empty while it is unknown whether Slurm has the job.
  std::map<std::string, std::string> submitted_runs() const;

  // Write an event and wait until it is on the disk. Throw environment errors.
  void intend(const Submission& submission);
  void submitted(const std::string& name, const std::string& job);
  void give_up(const std::string& name, const std::string& reason);

 private:
  void append(const Json& event);

  std::filesystem::path file_;
};

// The lock that is held while submitting for a sweep. Waits for other processes, and for the sbatch of a killed
// process, because sbatch inherits the descriptor.
FileLock lock_submissions(const std::filesystem::path& sweep_folder);

}  // namespace pbn::slurm
