// The state and progress of a run, derived from the files in its folder; there is no database that could be wrong.
// Reading takes a few system calls per run, so a store of 100,000 runs takes seconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

enum class RunState {
  pending,    // not started
  submitted,  // submitted to Slurm and not started
  running,    // its newest attempt is live
  requeued,   // saved its state and waits for its next attempt (exit code 75)
  lost,       // its owner died without writing exit.json
  failed,     // ended without a result of this run, or with a damaged one
  completed,  // has a result
  cancelled,  // by pbn cancel
};
inline constexpr int run_states = 8;

const char* word_of(RunState state);

// Progress from the newest line of metrics.jsonl that has any. External workers may leave out every field.
struct RunProgress {
  std::optional<double> epoch, epochs, step, steps;  // epoch counts from 1; step is the number done in this epoch
  std::optional<double> loss, images_per_second;
  std::optional<double> seconds_left;  // from now; given by the worker or estimated from its first attempt's speed

  std::optional<double> share() const;  // of the whole run, 0 to 1
};

RunProgress progress_in(const Json& line);  // of metrics.jsonl

struct RunFacts {
  RunState state = RunState::pending;
  int attempts = 0;      // the number of the newest attempt
  RunProgress progress;  // only if not completed
  std::string reason;    // why it is requeued, lost or failed
  std::string damage;    // why its result.json is damaged (runs/result.h)
  // From the newest attempt, only if not completed:
  std::optional<int> exit_code;
  std::string host, executor, began, ended;  // times in UTC: 2026-01-31T23:59:59Z
  std::string slurm_job;                     // "123_4"
};

// The Slurm array element ("123_4") to which each run was submitted.
using SubmittedRuns = std::map<std::string, std::string>;

// Whether to count the attempts of completed runs, which requires reading each folder.
enum class CompletedRuns { with_attempts, by_result_alone };

// For display, an owner on another machine counts as alive until its heartbeat file is five minutes old. Whether a run
// may be taken is decided without comparing clocks (runs/attempt.h).
RunFacts facts_of(const RunStore& store, const std::string& run, const SubmittedRuns& submitted = {},
                  CompletedRuns completed = CompletedRuns::with_attempts);

// The facts of many runs in the order of `runs`, read by several threads. A completed run takes about four system calls
// by its result alone, ten with its attempts.
std::vector<RunFacts> facts_of(const RunStore& store, const std::vector<std::string>& runs,
                               const SubmittedRuns& submitted = {},
                               CompletedRuns completed = CompletedRuns::by_result_alone);

// Where and for how long a run was worked on, as its attempts tell. External workers need not say so in their results.
struct RunWork {
  std::string host;               // of the newest attempt; empty: unknown
  std::optional<double> seconds;  // of all attempts that have ended, each in whole seconds
};
RunWork work_of(const std::filesystem::path& run_folder);

// {"state", "attempts", "progress": {...}, "reason", "exit_code", "host", "executor", "slurm_job", "began", "ended"}
// without unknown entries.
Json to_json(const RunFacts& facts);

// [{"attempt": "0001", <content of meta.json>, "exit": {<exit.json>}, "how": "finished (exit code 0)"}], oldest first.
// `how` describes the attempt's end in words, or that it is running. `facts` are the run's.
Json attempt_history(const std::filesystem::path& run_folder, const RunFacts& facts);

}  // namespace pbn::runs
