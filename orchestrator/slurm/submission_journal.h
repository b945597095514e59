// What was handed to Slurm: sweeps/<name>/submissions.jsonl, a journal written before and after every sbatch. After a
// crash between the two the job is found again by its name, which is never used twice.
//
//   {"event": "intent", "name": N, "chunk": "slurm/chunk-001", "first": 0, "runs": [ids]}   before sbatch
//   {"event": "submitted", "name": N, "job": "123"}                   sbatch's answer, or found by its name
//   {"event": "given up", "name": N, "reason": "..."}                 refused, or nowhere to be found
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/json.h"
#include "base/shared_folder.h"

namespace pbn {

struct Submission {
  std::string name;               // of the Slurm job
  std::string chunk;              // its folder, below that of the sweep
  std::vector<std::string> runs;  // element first + i of the array carries out runs[i]; none: the report
  int first = 0;
  std::string job = "";  // Slurm's number, once it is known
  bool given_up = false;

  bool is_open() const { return job.empty() && !given_up; }  // nobody knows whether Slurm has it
  std::string element(std::size_t i) const;                  // that carries out runs[i]: "123_4"
};

class SubmissionJournal {
 public:
  explicit SubmissionJournal(std::filesystem::path sweep_folder);

  std::vector<Submission> read() const;  // in the order of the intents; none where there is no journal

  // The newest element that was to carry out each run, of jobs that Slurm has taken. It may have ended long ago.
  std::map<std::string, std::string> submitted_runs() const;

  // Each is on the disk when it returns. Throws environment errors.
  void intend(const Submission& submission);
  void submitted(const std::string& name, const std::string& job);
  void give_up(const std::string& name, const std::string& reason);

 private:
  void append(const Json& event);

  std::filesystem::path file_;
};

// While it is held, nobody else submits for this sweep. Waits for others, and for an sbatch that a killed one has left
// behind, since sbatch inherits the descriptor.
FileLock lock_submissions(const std::filesystem::path& sweep_folder);

}  // namespace pbn
