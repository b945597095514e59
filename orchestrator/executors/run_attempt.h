// One run from the lease to the result, by whoever carries it out: `pbn run` many on this machine, `pbn work` one
// inside a batch job. It takes the run as a new attempt, starts the worker, keeps the heart beating, reads what the
// worker tells about itself, stops it when it has to, and says in exit.json how it ended.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/process.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/result.h"

namespace pbn {

struct WorkerTask {
  std::string name;              // for people: "pbn D1, seed 2"
  std::filesystem::path folder;  // the run's, absolute, with its log and metrics.jsonl
  Json config;                   // what config.json is to hold; null: it stays as it is
  // Started as it is, in the present folder, with PBN_RUN and PBN_ATTEMPT besides this environment.
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<int> processors;  // only on these; empty: on all that we may use
  Json meta = Json::object();   // for the attempt's meta.json, such as {"executor": "slurm", "slurm_job": "123_4"}
  std::function<ResultVerdict()> verdict;  // on the result.json in the folder
  std::chrono::seconds time_to_save{30};   // that it gets when it is asked to save itself
};

enum class AttemptEnding {
  finished,      // the result is there
  was_finished,  // it was there already
  saved,         // the worker saved itself and wants to be started again (75)
  interrupted,   // by stop(), before it could save itself; the next attempt goes on from its last checkpoint
  failed,        // it ended without a whole result
  cancelled,     // by a file `cancelled` in the run's folder
  superseded,    // somebody believed us dead and carries it out now; nothing more was written
};

class RunAttempt {
 public:
  // `on_line` gets every line that the worker adds to metrics.jsonl. Nothing happens before start().
  RunAttempt(WorkerTask task, AttemptObserver& observer, std::function<void(const Json&)> on_line = {});
  ~RunAttempt();  // kills a worker that still runs
  RunAttempt(RunAttempt&&) noexcept;
  RunAttempt& operator=(RunAttempt&&) noexcept;

  // Takes the run and starts the worker. False while somebody else holds it: try again later, with the same observer.
  // True also when nothing is to be started, since it is finished or cancelled; ending() tells. Throws environment
  // errors when the folder cannot be written or the program not be started.
  bool start();

  // Does what is due and never waits: call it when descriptor() is readable, and at least every 250 ms.
  void poll();

  int descriptor() const;  // to be polled: readable once the worker has ended; -1 while none runs

  // Stops the worker, as urgently as stop_urgency() says (stop_signals.h): 0 not at all; 1 asks it to save itself
  // (SIGUSR2), ends it (SIGTERM) when its time to save is over and kills it after 10 s more; 2 begins with SIGTERM; 3
  // kills it. Asking again changes nothing. `why` is for exit.json.
  void stop(int urgency, const std::string& why = "was interrupted");

  // Once it is over:
  const std::optional<AttemptEnding>& ending() const;
  int code() const;                             // of the worker; 0 when the result was there already
  const std::string& reason() const;            // in words: "could not use its data (exit code 65)"
  bool made_headway() const;                    // ckpt/ has changed since it was started
  std::vector<std::string> last_lines() const;  // of what the worker printed in this attempt
  const WorkerTask& task() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One task alone, to its end: what `pbn work` does. SIGUSR2, SIGTERM and SIGINT to this process make the worker save
// itself, a second SIGTERM or SIGINT ends it. Waits while somebody else holds the run, and takes it over when
// that one dies.
struct EndedAttempt {
  AttemptEnding ending;
  int code;  // the worker's; 75 also when interrupted while somebody else held the run
  std::string reason;
  bool made_headway;  // a checkpoint was written
};
EndedAttempt attempt_run(WorkerTask task, std::function<void(const Json&)> on_line = {});

}  // namespace pbn
