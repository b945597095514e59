#include "orchestrator/executors/local_schedule.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "base/counted.h"
#include "base/error.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/progress.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/metrics_tail.h"

namespace pbn::executors {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto poll_interval = 250ms;      // the end of a worker is noticed at once
constexpr std::size_t max_lookahead = 32;  // waiting runs that are considered for free resources
constexpr int max_overtaken = 16;
constexpr Clock::duration min_wait_for_others = 50ms, max_wait_for_others = 2s;

struct Job {
  const grid::Cell* cell;
  const grid::Run* run;
  int failures = 0;
  int overtaken = 0;                           // how often another job started while this one lacked resources
  std::int64_t units_shown = 0;                // in the progress display; a new attempt may resume further back
  std::optional<std::int64_t> units_before{};  // of earlier attempts, until this attempt reports its progress
};

struct RunningJob {
  Job job;
  MachineShare share;
  std::unique_ptr<RunAttempt> attempt;
};

double cost_of(const grid::Cell& cell) { return cell.gflop_per_image * static_cast<double>(cell.images); }

bool may_succeed_later(int code) { return code != 64 && code != 65; }

// ", epoch 3/250, loss 0.0123, 45 images/s", without what the worker leaves out.
std::string progress_in_words(const Json& line) {
  std::string words;
  const auto add = [&](const char* before, const char* key, const char* form, const char* after) {
    if (const auto value = runs::number_at(line, key))
      words += before + fmt::format(fmt::runtime(form), *value) + after;
  };
  add(", epoch ", "epoch", "{:.0f}", "");
  add("/", "epochs", "{:.0f}", "");
  add(", loss ", "loss", "{:.3g}", "");
  add(", ", "images_per_second", "{:.0f}", " images/s");
  return words;
}

class LocalSchedule {
 public:
  LocalSchedule(const grid::Sweep& sweep, const LocalWork& work, const std::string& title, const LocalOptions& options)
      : work_(work),
        options_(options),
        shares_(whole_machine(), options.slots),
        waiting_(jobs_of(sweep)),
        progress_(title, count_units(), work.unit()) {}

  ExecutionSummary execute() {
    try {
      run_all();
    } catch (const Error& error) {
      if (!running_.empty()) note("{}\npbn cannot continue: the workers save themselves", error.what());
      std::vector<RunAttempt*> attempts;
      for (const RunningJob& running : running_) attempts.push_back(running.attempt.get());
      save_all(std::move(attempts));
      throw;
    }
    summary_.interrupted = !waiting_.empty() || !held_.empty();
    return summary_;
  }

 private:
  std::deque<Job> jobs_of(const grid::Sweep& sweep) {
    std::deque<Job> jobs;
    for (const grid::Cell& cell : sweep.cells) {
      for (const grid::Run& run : cell.runs) {
        if (work_.is_done(run)) {
          ++summary_.skipped;
          detail("skipped, has a result: {}, seed {} ({})", cell.label, run.seed, run.id.substr(0, 12));
        } else if (work_.is_wanted(run)) {
          jobs.push_back({&cell, &run});
        }
      }
    }
    std::stable_sort(jobs.begin(), jobs.end(),
                     [](const Job& a, const Job& b) { return cost_of(*a.cell) > cost_of(*b.cell); });
    return jobs;
  }

  void run_all() {
    while (true) {
      if (!stop_requested()) start_jobs();
      if (running_.empty() && (stop_requested() || (waiting_.empty() && held_.empty()))) break;
      wait();
      poll_workers();
    }
  }

  std::int64_t count_units() const {
    std::int64_t units = 0;
    for (const Job& job : waiting_) units += work_.units(*job.cell);
    return units;
  }

  void start_jobs() {
    if (Clock::now() >= next_try_of_held_) {
      waiting_.insert(waiting_.end(), held_.begin(), held_.end());
      held_.clear();
    }
    for (std::size_t next = 0; next < std::min(waiting_.size(), max_lookahead);) {
      auto share = shares_.take(work_.needs(*waiting_[next].cell));
      if (!share) {
        if (running_.empty() || waiting_[next].overtaken == max_overtaken) break;
        ++next;
        continue;
      }
      for (std::size_t larger = 0; larger < next; ++larger) ++waiting_[larger].overtaken;
      const Job job = waiting_[next];
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(next));
      start(job, *std::move(share));
    }
    if (running_.empty() && !held_.empty()) report_held_jobs();
  }

  void start(const Job& job, MachineShare share) {
    WorkerTask task = work_.task(*job.cell, *job.run);
    const auto units_before = work_.units_done(*job.cell, runs::newest_progress(task.folder / "metrics.jsonl"));
    task.processors = share.processors;
    if (!share.devices.empty()) {
      task.environment.emplace_back("CUDA_VISIBLE_DEVICES", fmt::format("{}", fmt::join(share.devices, ",")));
    }
    auto attempt = std::make_unique<RunAttempt>(std::move(task), observer_,
                                                [this, run = job.run](const Json& line) { follow(run, line); });
    if (!attempt->start()) {
      shares_.give_back(share);
      hold(job);
    } else {
      running_.push_back({job, std::move(share), std::move(attempt)});
      running_.back().job.units_before = units_before;
      wait_for_others_ = min_wait_for_others;
    }
  }

  void hold(const Job& job) {
    if (held_.empty()) {
      next_try_of_held_ = Clock::now() + wait_for_others_;
      wait_for_others_ = std::min(2 * wait_for_others_, max_wait_for_others);
    }
    held_.push_back(job);
  }

  void report_held_jobs() {
    if (wait_for_others_ < max_wait_for_others || reported_held_jobs_) return;
    const std::string first = work_.task(*held_[0].cell, *held_[0].run).name;
    note("waiting for {} ({}{}) held by another pbn, or by the worker of a pbn that was killed",
         counted(held_.size(), "run"), first, held_.size() > 1 ? ", ..." : "");
    reported_held_jobs_ = true;
  }

  void wait() {
    std::vector<pollfd> ends;
    ends.reserve(running_.size());
    auto due = held_.empty() ? next_poll_ : std::min(next_poll_, next_try_of_held_);
    for (const RunningJob& running : running_) {
      ends.push_back({running.attempt->descriptor(), POLLIN, 0});
      if (running.attempt->ending()) due = Clock::now();
    }
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
    ::poll(ends.data(), ends.size(), static_cast<int>(std::max<std::int64_t>(0, time.count())));
  }

  void poll_workers() {
    const bool is_due = Clock::now() >= next_poll_;
    if (is_due) next_poll_ = Clock::now() + poll_interval;
    for (RunningJob& running : running_) {
      RunAttempt& attempt = *running.attempt;
      pollfd ended{attempt.descriptor(), POLLIN, 0};
      attempt.stop(stop_urgency());
      if (is_due || ::poll(&ended, 1, 0) > 0) attempt.poll();
      if (attempt.ending()) conclude(running);
    }
    std::erase_if(running_, [](const RunningJob& running) { return running.attempt->ending().has_value(); });
  }

  void conclude(RunningJob& running) {
    shares_.give_back(running.share);
    const RunAttempt& attempt = *running.attempt;
    const std::string& name = attempt.task().name;
    Job& job = running.job;
    switch (*attempt.ending()) {
      case AttemptEnding::finished:
        ++summary_.finished;
        advance(job, work_.units(*job.cell), "");
        note("{}: {}", name, work_.result_in_words(*job.run));
        break;
      case AttemptEnding::was_finished:
        ++summary_.skipped;
        job.units_before = work_.units(*job.cell);
        advance(job, work_.units(*job.cell), "");
        break;
      case AttemptEnding::cancelled:
        ++summary_.cancelled;
        note("{}: {}", name, attempt.reason());
        break;
      case AttemptEnding::superseded:
        hold(job);
        break;
      case AttemptEnding::interrupted:
        waiting_.push_front(job);
        break;
      case AttemptEnding::saved:
        stop_requested() || attempt.made_progress() ? waiting_.push_front(job) : fail(job, attempt);
        break;
      case AttemptEnding::failed:
        fail(job, attempt);
        break;
    }
  }

  void fail(Job& job, const RunAttempt& attempt) {
    const std::string& name = attempt.task().name;
    if (may_succeed_later(attempt.code()) && job.failures < options_.retries) {
      ++job.failures;
      waiting_.push_back(job);
      note("{}: {}; will be tried again ({} of {})", name, attempt.reason(), job.failures, options_.retries);
      return;
    }
    summary_.failures.push_back({name, attempt.reason(), attempt.task().folder.string(), attempt.last_lines()});
    note("{}: {}", name, attempt.reason());
  }

  void follow(const grid::Run* run, const Json& line) {
    const auto running = std::find_if(running_.begin(), running_.end(),
                                      [&](const RunningJob& candidate) { return candidate.job.run == run; });
    if (running == running_.end()) return;
    const std::string& name = running->attempt->task().name;
    const std::string text = runs::text_at(line, "text");
    if (at_path(line, "kind") == "warning" && !text.empty()) note("{}: {}", name, printable_line(text));
    const auto units = work_.units_done(*running->job.cell, line);
    if (!units) return;
    const std::string others = running_.size() > 1 ? fmt::format("{} runs at a time; ", running_.size()) : "";
    advance(running->job, *units, others + name + progress_in_words(line));
  }

  // The first report of an attempt includes the units of earlier attempts, which do not count for the displayed rate.
  void advance(Job& job, std::int64_t units, const std::string& note) {
    if (job.units_before) {
      const std::int64_t earlier = std::max<std::int64_t>(0, std::min(units, *job.units_before) - job.units_shown);
      job.units_shown += earlier;
      progress_.skip(earlier);
      job.units_before.reset();
    }
    const std::int64_t added = std::max<std::int64_t>(0, units - job.units_shown);
    job.units_shown += added;
    progress_.advance(added, note);
  }

  const LocalWork& work_;
  LocalOptions options_;
  ExecutionSummary summary_;
  StopSignals signals_;
  runs::AttemptObserver observer_;
  MachineShares shares_;
  std::deque<Job> waiting_;
  std::vector<RunningJob> running_;
  std::vector<Job> held_;  // by other processes
  Progress progress_;
  Clock::time_point next_poll_ = Clock::now(), next_try_of_held_ = next_poll_;
  Clock::duration wait_for_others_ = min_wait_for_others;
  bool reported_held_jobs_ = false;
};

}  // namespace

ExecutionSummary run_locally(const grid::Sweep& sweep, const LocalWork& work, const std::string& title,
                             const LocalOptions& options) {
  return LocalSchedule(sweep, work, title, options).execute();
}

MachineNeeds needs_of(const grid::Cell& cell) {
  static const bool has_devices = !whole_machine().devices.empty();
  const bool is_external = cell.worker().is_external();
  const int threads = is_external ? cell.worker().threads() : cell.setting("run.threads").get<int>();
  const bool wants_device =
      has_devices && (is_external ? cell.worker().wants_device() : cell.setting("run.device") != "cpu");
  return {cell.ranks() * threads, wants_device ? cell.ranks() : 0};
}

}  // namespace pbn::executors
