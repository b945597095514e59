// One attempt at a run: takes the lease, starts the worker, writes the heartbeat, follows metrics.jsonl, stops the
// worker on request, and records in exit.json how the attempt ended. `pbn run` makes many attempts on this machine
// (local_schedule.h), `pbn work` one at each run of its list inside a batch job (attempt_list.h).
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/process.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/metrics_tail.h"
#include "orchestrator/runs/result.h"

namespace pbn::executors {

struct WorkerTask {
  std::string name;              // for messages: "pbn D1, seed 2"
  std::filesystem::path folder;  // the run's folder, absolute, with its log and metrics.jsonl
  Json config;                   // the content of config.json; null: leave the file as it is
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;  // pbn adds PBN_RUN, PBN_ATTEMPT and PBN_HERE
  std::vector<int> processors;                   // that the worker may use; empty: all that this process may use
  std::filesystem::path programs;                // of the store (runs/program_copy.h)
  Json meta = Json::object();                    // for meta.json, such as {"executor": "slurm", "slurm_job": "123_4"}
  std::function<runs::ResultVerdict()> verdict;  // on the result.json in the folder
  std::chrono::seconds time_to_save{30};         // between a request to save and SIGTERM
  bool is_in_batch_job = false;                  // where SIGTERM may reach the worker before pbn
};

enum class AttemptEnding {
  finished,      // the worker published a result
  was_finished,  // the run had a result before
  saved,         // the worker saved its state and wants to be started again (75)
  interrupted,   // stop(), or a batch system's SIGTERM, ended the worker before it saved; the next attempt resumes from
                 // the last checkpoint
  failed,        // the worker ended without a whole result
  cancelled,     // by a file `cancelled` in the run's folder
  superseded,    // another process took the run because it considered this one dead; nothing more was written
};

class RunAttempt {
 public:
  // `on_line` is called with every line that the worker adds to metrics.jsonl.
  RunAttempt(WorkerTask task, runs::AttemptObserver& observer, std::function<void(const Json&)> on_line = {});
  RunAttempt(const RunAttempt&) = delete;  // the destructor kills a running worker
  RunAttempt& operator=(const RunAttempt&) = delete;

  // Takes the run and starts the worker. False while another process holds the run: call it again later, with the same
  // observer. True without a worker if the run is completed or cancelled; ending() tells. Throws environment errors
  // when the folder cannot be written.
  bool start();

  // Handles everything that has happened, without waiting. Call it when descriptor() is readable, and at least every
  // 250 ms.
  void poll();

  int descriptor() const { return worker_ ? worker_->descriptor() : -1; }  // readable once the worker has ended

  // Stops the worker with the urgency of stop_urgency() (stop_signals.h): 1 sends SIGUSR2, which asks the worker to
  // save its state, then SIGTERM after task.time_to_save and SIGKILL 10 s later; 2 begins with SIGTERM; 3 kills at
  // once. Repeated calls with the same urgency have no effect. `why` is for exit.json.
  void stop(int urgency, const std::string& why = "was interrupted");

  const std::optional<AttemptEnding>& ending() const { return ending_; }

  // Valid once the attempt has ended.
  int code() const { return code_; }                     // the worker's exit code; 0 if it was not needed
  const std::string& reason() const { return reason_; }  // "could not use its data (exit code 65)"
  bool made_progress() const;                            // ckpt/ has changed since the start
  std::vector<std::string> last_lines() const;           // the end of this attempt's log
  const WorkerTask& task() const { return task_; }

 private:
  bool is_cancelled() const { return std::filesystem::exists(task_.folder / "cancelled"); }
  bool needs_no_worker();
  void start_worker();
  void watch();
  void follow_metrics();
  void conclude(int exit_code);
  std::string publish_figures_of_script();
  void end(AttemptEnding ending, int code, std::string reason);

  WorkerTask task_;
  runs::AttemptObserver& observer_;
  std::function<void(const Json&)> on_line_;

  std::optional<runs::AttemptLease> lease_;
  std::optional<runs::MetricsTail> metrics_;
  std::optional<Process> worker_;
  std::uintmax_t log_start_ = 0;
  std::string checkpoints_;  // before this attempt
  std::chrono::steady_clock::time_point began_, last_beat_, last_signal_;
  int urgency_ = 0;  // of the last signal; never decreases
  std::string stop_reason_;
  bool reported_saving_ = false;  // in metrics.jsonl
  bool was_cancelled_ = false;

  std::optional<AttemptEnding> ending_;
  int code_ = 0;
  std::string reason_;
};

// After an error of pbn itself, which may occur again here: asks the workers to save their state and waits for their
// ends.
void save_all(std::vector<RunAttempt*> attempts);

}  // namespace pbn::executors
