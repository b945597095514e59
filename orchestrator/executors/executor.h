// Who carries out what is missing of a sweep: this machine (local_executor.h), while we wait, or Slurm, which we leave
// it to.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct ExecutionSummary {
  struct Failure {
    std::string run;     // "pbn D1, seed 2"
    std::string reason;  // the exit code in words
    std::string folder;
    std::vector<std::string> last_lines;  // of the worker's log
  };
  int finished = 0;   // now
  int skipped = 0;    // had a result already, or got one from somebody else
  int cancelled = 0;  // nobody wants them
  int submitted = 0;  // handed to Slurm
  std::vector<Failure> failures;
  bool interrupted = false;  // there is more to do
};

class Executor {
 public:
  virtual ~Executor() = default;

  // Every run of the sweep that has no result is carried out once, however many do this at the same time and however
  // often they are killed; doing it again does only what is missing. A run that fails does not stop the others. Throws
  // environment errors when a program is missing or the store cannot be written.
  virtual ExecutionSummary execute(const Sweep& sweep, const RunStore& store) = 0;
};

}  // namespace pbn
