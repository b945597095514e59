// Carries out a sweep's runs on this machine, one after the other, each as mpirun -np RANKS pbn_worker.
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
  int finished = 0;  // now
  int skipped = 0;   // had a result already
  int held = 0;      // another process is carrying them out
  std::vector<Failure> failures;
  bool interrupted = false;
};

// Runs that have a result are passed over, so doing it again does only what is missing. A worker that saved itself and
// asks for it (exit code 75) is started again; one that fails does not stop the others. SIGINT and SIGTERM are passed
// on as SIGUSR2, the worker then has 30 s to save itself; a second one ends it at once. Throws environment errors when
// mpirun or pbn_worker is missing or the store cannot be written.
ExecutionSummary execute(const Sweep& sweep, const RunStore& store);

}  // namespace pbn
