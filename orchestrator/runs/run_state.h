// What state a run is in, and how far it is, derived from the files of its folder: there is no database that could be
// wrong. Reading costs a few system calls per run, so that a store of 100,000 is looked through in seconds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

enum class RunState {
  pending,    // nobody has begun it
  submitted,  // handed to Slurm, not begun yet
  running,    // its newest attempt lives
  requeued,   // it saved itself and waits for its next attempt (exit code 75)
  lost,       // its owner died without a word
  failed,     // ended by itself, without a result of this run, or with a damaged one
  completed,  // its result is there
  cancelled,  // somebody does not want it any more (pbn cancel)
};
inline constexpr int run_states = 8;

const char* word_of(RunState state);

// From the newest line of metrics.jsonl that tells of it. Every part may be missing: other people's workers say what
// they like.
struct RunProgress {
  std::optional<double> epoch, epochs, step, steps;  // epoch counts from 1, step says how many of this epoch are done
  std::optional<double> loss, images_per_second;
  std::optional<double> seconds_left;  // now; as the worker says, else from the pace of its first attempt

  std::optional<double> share() const;  // of the whole run, 0 to 1
};

struct RunFacts {
  RunState state = RunState::pending;
  int attempts = 0;      // the newest one's number
  RunProgress progress;  // of runs that are not completed
  std::string reason;    // why it is requeued, lost or failed, in words
  std::string damage;    // what is wrong with its result.json (runs/result.h)
  std::optional<int> exit_code;
  // of the newest attempt of a run that is not completed
  std::string host, executor, began, ended;  // times in UTC, as 2026-01-31T23:59:59Z
  std::string slurm_job;                     // "123_4"
};

// Runs that were handed to Slurm, with the element of a job that is to carry them out: "123_4".
using SubmittedRuns = std::map<std::string, std::string>;

// Of runs with a result: whether their attempts are counted too, for which each folder is read.
enum class CompletedRuns { with_attempts, by_result_alone };

// An owner on another machine is believed to live until its heartbeat is five minutes old by the file's time: that is
// for showing only. Whether a run may be taken is decided without clocks (runs/attempt.h).
RunFacts facts_of(const RunStore& store, const std::string& run, const SubmittedRuns& submitted = {},
                  CompletedRuns completed = CompletedRuns::with_attempts);

// Of many runs, read by several threads; in the order of `runs`. By its result alone a completed one costs about four
// system calls, with its attempts ten.
std::vector<RunFacts> facts_of(const RunStore& store, const std::vector<std::string>& runs,
                               const SubmittedRuns& submitted = {},
                               CompletedRuns completed = CompletedRuns::by_result_alone);

// {"state", "attempts", "progress": {...}, "reason", "exit_code", "host", "executor", "slurm_job", "began", "ended"};
// what is not known is not there.
Json to_json(const RunFacts& facts);

}  // namespace pbn
