// One attempt at each run of a list, several at a time: what `pbn work` does inside a batch job.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/executors/machine_shares.h"
#include "orchestrator/executors/run_attempt.h"

namespace pbn::executors {

struct EndedAttempt {
  AttemptEnding ending;
  int code;  // the worker's exit code
  std::string reason;
  bool made_progress;  // a checkpoint was written
};

// Makes the attempts in the list's order, `at_a_time` side by side. Each gets an equal share of the processors and GPUs
// of `whole`; of an empty `whole` all use what this process may use.
//
// - SIGUSR2, SIGTERM and SIGINT to this process make all workers save their state, and no other begins; a second
//   SIGTERM or SIGINT ends the workers.
// - A run that another process holds is waited for while others go on, and taken over if that process dies.
// - After an error of pbn itself, such as a full disk, the workers save their state before it is thrown.
//
// `on_end` is called at the end of each attempt. The result has an entry for each task: nothing if it had not begun
// before the request to stop.
std::vector<std::optional<EndedAttempt>> attempt_runs(
    const std::vector<WorkerTask>& tasks, const MachineShare& whole, int at_a_time,
    const std::function<void(const WorkerTask&, const EndedAttempt&)>& on_end = {});

}  // namespace pbn::executors
