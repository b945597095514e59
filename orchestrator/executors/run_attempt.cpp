#include "orchestrator/executors/run_attempt.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/host.h"
#include "base/log.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/program_copy.h"
#include "orchestrator/runs/script_figures.h"

namespace pbn::executors {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int signals[] = {0, SIGUSR2, SIGTERM, SIGKILL};  // by urgency
constexpr auto time_to_end = 10s;                          // between SIGTERM and SIGKILL
constexpr auto time_between_beats = 10s;
constexpr std::size_t lines_of_failure = 8;

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

RunAttempt::RunAttempt(WorkerTask task, runs::AttemptObserver& observer, std::function<void(const Json&)> on_line)
    : task_(std::move(task)), observer_(observer), on_line_(std::move(on_line)), last_beat_(Clock::now()) {}

bool RunAttempt::start() {
  if (needs_no_worker()) return true;
  Json meta = task_.meta;
  meta["command"] = task_.command;
  lease_ = runs::AttemptLease::take(task_.folder, std::move(meta), observer_);
  if (!lease_) return false;
  if (needs_no_worker()) {  // the previous holder completed the run
    lease_->end(0, reason_);
    lease_.reset();
    return true;
  }
  start_worker();
  return true;
}

bool RunAttempt::needs_no_worker() {
  if (task_.verdict().is_whole()) {
    end(AttemptEnding::was_finished, 0, "was completed before");
  } else if (is_cancelled()) {
    end(AttemptEnding::cancelled, 0, "was cancelled");
  }
  return ending_.has_value();
}

void RunAttempt::start_worker() {
  if (const runs::ResultVerdict verdict = task_.verdict(); verdict.is_damaged()) {
    note("{}: {}; it becomes result.json.refused", task_.name, verdict.why);
    runs::put_result_aside(task_.folder);
  }
  if (!task_.config.is_null()) write_json(task_.folder / "config.json", task_.config, Durability::cached);
  if (runs::is_script(task_.config)) runs::prepare_for_script(task_.config, task_.folder);
  began_ = Clock::now();
  log_start_ = size_or_zero(task_.folder / "log");
  checkpoints_ = state_of_checkpoints(task_.folder);
  metrics_.emplace(task_.folder / "metrics.jsonl");
  ProcessOptions options;
  options.command = task_.command;
  options.environment = task_.environment;
  options.environment.emplace_back("PBN_RUN", task_.folder.string());
  options.environment.emplace_back("PBN_ATTEMPT", lease_->folder().filename().string());
  options.environment.emplace_back("PBN_HERE", fs::current_path().string());
  options.output = task_.folder / "log";
  options.inherited = lease_->descriptor();
  options.processors = task_.processors;
  try {
    options.folder = runs::prepare_program(task_.config, task_.programs, task_.folder);
    worker_.emplace(options);
  } catch (const Error& error) {
    end(AttemptEnding::failed, static_cast<int>(error.blame), error.what());
    lease_->end(code_, reason_);
  }
}

void RunAttempt::poll() {
  if (!worker_) return;
  const auto code = worker_->wait_for(0ms);
  follow_metrics();
  code ? conclude(*code) : watch();
}

void RunAttempt::watch() {
  if (Clock::now() - last_beat_ >= time_between_beats) {
    lease_->beat();
    last_beat_ = Clock::now();
  }
  if (lease_->is_superseded()) stop(3, "was superseded");
  if (!was_cancelled_ && is_cancelled()) {
    was_cancelled_ = true;
    stop(1, "was cancelled");
  }
  const auto waited = Clock::now() - last_signal_;
  if (urgency_ == 1 && waited > task_.time_to_save) stop(2);
  if (urgency_ == 2 && waited > time_to_end) stop(3);
}

void RunAttempt::stop(int urgency, const std::string& why) {
  if (!worker_ || urgency <= urgency_) return;
  if (stop_reason_.empty()) stop_reason_ = why;
  worker_->signal(signals[urgency]);
  urgency_ = urgency;
  last_signal_ = Clock::now();
}

void RunAttempt::follow_metrics() {
  for (const Json& line : metrics_->new_lines()) {
    reported_saving_ |= at_path(line, "kind") == "stop";
    if (on_line_) on_line_(line);
  }
}

void RunAttempt::conclude(int exit_code) {
  worker_.reset();
  const bool was_stopped = urgency_ > 0 || (task_.is_in_batch_job && (exit_code == 128 + SIGTERM || reported_saving_));
  if (was_stopped && stop_reason_.empty()) stop_reason_ = "was interrupted";
  // mpirun ends with 1 after a signal, even if its ranks saved their state.
  const bool has_saved = exit_code == 75 || (was_stopped && reported_saving_);
  const std::string words = has_saved && exit_code != 75
                                ? fmt::format("saved itself, though its launcher ended with {}", exit_code)
                                : exit_code_in_words(exit_code);
  const std::string missing_figures = exit_code == 0 ? publish_figures_of_script() : "";
  const runs::ResultVerdict verdict = task_.verdict();
  if (lease_->is_superseded()) {
    end(AttemptEnding::superseded, exit_code, "another process took the run over");
  } else if (verdict.is_whole()) {
    end(AttemptEnding::finished, exit_code, words);
  } else if (was_cancelled_) {
    end(AttemptEnding::cancelled, has_saved ? 75 : exit_code, stop_reason_);
  } else if (has_saved) {
    end(AttemptEnding::saved, 75, stop_reason_.empty() ? words : stop_reason_ + "; " + words);
  } else if (was_stopped) {
    end(AttemptEnding::interrupted, exit_code, fmt::format("{} {}; {}", stop_reason_, runs::not_saved, words));
  } else if (exit_code != 0) {
    end(AttemptEnding::failed, exit_code, verdict.is_damaged() ? words + "; " + verdict.why : words);
  } else if (verdict.is_damaged()) {  // another attempt would leave the same result, so do not retry
    end(AttemptEnding::failed, static_cast<int>(Blame::data), verdict.why);
  } else if (!missing_figures.empty()) {  // as above
    end(AttemptEnding::failed, static_cast<int>(Blame::data), missing_figures);
  } else {
    end(AttemptEnding::failed, static_cast<int>(Blame::bug), "ended without a result of this run");
  }
  lease_->end(ending_ == AttemptEnding::interrupted ? 75 : code_, reason_);
  lease_.reset();
}

// Returns why there are none, or nothing.
std::string RunAttempt::publish_figures_of_script() {
  if (!runs::is_script(task_.config) || lease_->is_superseded() || !task_.verdict().is_absent()) return "";
  const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  try {
    runs::publish_script_figures(task_.config, task_.folder, {{"seconds", seconds}, {"host", host_name()}});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void RunAttempt::end(AttemptEnding ending, int code, std::string reason) {
  ending_ = ending;
  code_ = code;
  reason_ = std::move(reason);
}

bool RunAttempt::made_progress() const { return state_of_checkpoints(task_.folder) != checkpoints_; }

std::vector<std::string> RunAttempt::last_lines() const {
  return runs::last_lines_of_program(task_.folder / "log", lines_of_failure, log_start_);
}

void save_all(std::vector<RunAttempt*> attempts) {
  while (!attempts.empty()) {
    std::erase_if(attempts, [](RunAttempt* attempt) {
      try {
        attempt->stop(std::max(1, stop_urgency()), "pbn failed");
        attempt->poll();
      } catch (const Error&) {
        return attempt->descriptor() < 0;
      }
      return attempt->ending().has_value();
    });
    ::poll(nullptr, 0, 20);
  }
}

}  // namespace pbn::executors
