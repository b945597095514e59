#include "orchestrator/executors/run_attempt.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/metrics_tail.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto time_to_end = 10s;
constexpr auto time_between_beats = 10s;
constexpr std::size_t lines_of_a_failure = 8;

// From asking a worker to killing it. Never goes back.
class Stopping {
 public:
  explicit Stopping(std::chrono::seconds time_to_save) : time_to_save_(time_to_save) {}

  void advance_to(int signal, Process& worker) {
    if (rank_of(signal) <= rank_of(sent_)) return;
    worker.signal(signal);
    sent_ = signal;
    since_ = Clock::now();
  }

  void press_on(Process& worker) {
    const auto waited = Clock::now() - since_;
    if (sent_ == SIGUSR2 && waited > time_to_save_) advance_to(SIGTERM, worker);
    if (sent_ == SIGTERM && waited > time_to_end) advance_to(SIGKILL, worker);
  }

  bool has_begun() const { return sent_ != 0; }

 private:
  static int rank_of(int signal) { return signal == SIGUSR2 ? 1 : signal == SIGTERM ? 2 : signal == SIGKILL ? 3 : 0; }

  std::chrono::seconds time_to_save_;
  int sent_ = 0;
  Clock::time_point since_;
};

// Changes with every checkpoint.
std::string state_of_checkpoints(const fs::path& run_folder) {
  std::vector<std::string> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(run_folder / "ckpt", missing)) {
    const auto time = entry.last_write_time(missing).time_since_epoch().count();
    files.push_back(fmt::format("{} {}", entry.path().filename().string(), time));
  }
  std::sort(files.begin(), files.end());
  return fmt::format("{}", fmt::join(files, "\n"));
}

std::uintmax_t size_or_zero(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : size;
}

}  // namespace

struct RunAttempt::State {
  WorkerTask task;
  AttemptObserver& observer;
  std::function<void(const Json&)> on_line;

  std::optional<AttemptLease> attempt{};
  std::optional<MetricsTail> metrics{};
  std::optional<Process> worker{};
  std::uintmax_t log_start = 0;
  std::string checkpoints{};  // before this attempt
  Clock::time_point last_beat = Clock::now();
  Stopping stopping{task.time_to_save};
  std::string stop_reason{};
  bool said_saved = false;  // by a line of metrics.jsonl
  bool is_superseded = false, is_cancelled = false;

  std::optional<AttemptEnding> ending{};
  int code = 0;
  std::string reason{};

  void end(AttemptEnding how, int exit_code, std::string why) {
    ending = how;
    code = exit_code;
    reason = std::move(why);
  }

  bool cancelled() const { return fs::exists(task.folder / "cancelled"); }

  bool has_nothing_to_start() {
    if (task.verdict().is_whole()) {
      end(AttemptEnding::was_finished, 0, "was finished already");
    } else if (cancelled()) {
      end(AttemptEnding::cancelled, 0, "was cancelled");
    }
    return ending.has_value();
  }

  void start_worker() {
    if (const ResultVerdict verdict = task.verdict(); verdict.is_damaged()) {
      note("{}: {}; it becomes result.json.refused", task.name, verdict.why);
      put_result_aside(task.folder);
    }
    if (!task.config.is_null()) write_json(task.folder / "config.json", task.config, Durability::cached);
    log_start = size_or_zero(task.folder / "log");
    checkpoints = state_of_checkpoints(task.folder);
    metrics.emplace(task.folder / "metrics.jsonl");
    ProcessOptions options;
    options.command = task.command;
    options.environment = task.environment;
    options.environment.emplace_back("PBN_RUN", task.folder.string());
    options.environment.emplace_back("PBN_ATTEMPT", attempt->folder().filename().string());
    options.output = task.folder / "log";
    options.inherited = attempt->descriptor();
    options.processors = task.processors;
    try {
      worker.emplace(options);
    } catch (const Error& error) {
      end(AttemptEnding::failed, static_cast<int>(error.blame), error.what());
      attempt->end(code, reason);
    }
  }

  void watch() {
    if (Clock::now() - last_beat >= time_between_beats) {
      attempt->beat();
      last_beat = Clock::now();
    }
    if (!is_superseded && attempt->is_superseded()) {
      is_superseded = true;
      stopping.advance_to(SIGKILL, *worker);
    }
    if (!is_cancelled && cancelled()) {
      is_cancelled = true;
      stop(SIGUSR2, "was cancelled");
    }
    stopping.press_on(*worker);
  }

  void stop(int signal, const std::string& why) {
    if (!worker) return;
    if (stop_reason.empty()) stop_reason = why;
    stopping.advance_to(signal, *worker);
  }

  void follow() {
    for (const Json& line : metrics->new_lines()) {
      said_saved |= at_path(line, "kind") == "stop";
      if (on_line) on_line(line);
    }
  }

  // A worker that says it is done and leaves a damaged result would leave it again: that is the data's fault (65).
  void fail(int exit_code, const std::string& words, const ResultVerdict& verdict) {
    if (exit_code == 0) {
      verdict.is_damaged()
          ? end(AttemptEnding::failed, static_cast<int>(Blame::data), verdict.why)
          : end(AttemptEnding::failed, static_cast<int>(Blame::bug), "ended without a result of this run");
    } else {
      end(AttemptEnding::failed, exit_code, verdict.is_damaged() ? words + "; " + verdict.why : words);
    }
  }

  void conclude(int exit_code) {
    worker.reset();
    // mpirun ends with 1 when a signal asked it to end, whatever its ranks had time for.
    const bool has_saved = exit_code == 75 || (stopping.has_begun() && said_saved);
    const std::string words = has_saved && exit_code != 75
                                  ? fmt::format("saved itself, though its launcher ended with {}", exit_code)
                                  : exit_code_in_words(exit_code);
    const ResultVerdict verdict = task.verdict();
    if (attempt->is_superseded()) {
      end(AttemptEnding::superseded, exit_code, "somebody else carries it out");
    } else if (verdict.is_whole()) {
      end(AttemptEnding::finished, exit_code, words);
    } else if (is_cancelled) {
      end(AttemptEnding::cancelled, has_saved ? 75 : exit_code, stop_reason);
    } else if (has_saved) {
      end(AttemptEnding::saved, 75, stop_reason.empty() ? words : stop_reason + "; " + words);
    } else if (stopping.has_begun()) {
      end(AttemptEnding::interrupted, exit_code, stop_reason + " before it could save itself; " + words);
    } else {
      fail(exit_code, words, verdict);
    }
    attempt->end(ending == AttemptEnding::interrupted ? 75 : code, reason);
    attempt.reset();
  }
};

RunAttempt::RunAttempt(WorkerTask task, AttemptObserver& observer, std::function<void(const Json&)> on_line)
    : state_(new State{std::move(task), observer, std::move(on_line)}) {}
RunAttempt::~RunAttempt() = default;
RunAttempt::RunAttempt(RunAttempt&&) noexcept = default;
RunAttempt& RunAttempt::operator=(RunAttempt&&) noexcept = default;

bool RunAttempt::start() {
  State& state = *state_;
  if (state.has_nothing_to_start()) return true;
  Json meta = state.task.meta;
  meta["command"] = state.task.command;
  state.attempt = AttemptLease::take(state.task.folder, std::move(meta), state.observer);
  if (!state.attempt) return false;
  if (state.has_nothing_to_start()) {  // by the one who held it before
    state.attempt->end(0, state.reason);
    state.attempt.reset();
    return true;
  }
  state.start_worker();
  return true;
}

void RunAttempt::poll() {
  State& state = *state_;
  if (!state.worker) return;
  const auto code = state.worker->wait_for(0ms);
  state.follow();
  code ? state.conclude(*code) : state.watch();
}

int RunAttempt::descriptor() const { return state_->worker ? state_->worker->descriptor() : -1; }

void RunAttempt::stop(int urgency, const std::string& why) {
  if (urgency > 0) state_->stop(urgency == 1 ? SIGUSR2 : urgency == 2 ? SIGTERM : SIGKILL, why);
}

const std::optional<AttemptEnding>& RunAttempt::ending() const { return state_->ending; }
int RunAttempt::code() const { return state_->code; }
const std::string& RunAttempt::reason() const { return state_->reason; }
const WorkerTask& RunAttempt::task() const { return state_->task; }

bool RunAttempt::made_headway() const { return state_of_checkpoints(state_->task.folder) != state_->checkpoints; }

std::vector<std::string> RunAttempt::last_lines() const {
  return last_lines_of(state_->task.folder / "log", lines_of_a_failure, state_->log_start);
}

EndedAttempt attempt_run(WorkerTask task, std::function<void(const Json&)> on_line) {
  const StopSignals signals;
  AttemptObserver observer;
  RunAttempt run(std::move(task), observer, std::move(on_line));
  while (!run.start()) {
    if (stop_requested())
      return {AttemptEnding::interrupted, 75, "was interrupted while somebody else carried it out", false};
    ::poll(nullptr, 0, 1000);
  }
  while (!run.ending()) {
    pollfd ended{run.descriptor(), POLLIN, 0};
    ::poll(&ended, 1, 250);
    run.stop(stop_urgency());
    run.poll();
  }
  return {*run.ending(), run.code(), run.reason(), run.made_headway()};
}

}  // namespace pbn
