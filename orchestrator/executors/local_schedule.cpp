#include "orchestrator/executors/local_schedule.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

#include "base/counted.h"
#include "base/error.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/progress.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/metrics_tail.h"

namespace pbn {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto time_between_looks = 250ms;  // at what workers tell; that one ended is known at once
constexpr std::size_t looked_ahead = 32;    // runs, for one that there is room for
constexpr int most_overtaken = 16;
constexpr Clock::duration first_wait_for_others = 50ms, longest_wait_for_others = 2s;

struct Job {
  const Cell* cell;
  const Run* run;
  int failures = 0;
  int overtaken = 0;                           // how often another was started while there was no room for this one
  std::int64_t units_shown = 0;                // a new attempt may begin further back
  std::optional<std::int64_t> units_before{};  // of earlier attempts, until this one has reported where it is
};

struct RunningJob {
  Job job;
  MachineShare share;
  RunAttempt attempt;
};

double cost_of(const Cell& cell) { return cell.gflop_per_image * static_cast<double>(cell.images); }

bool may_succeed_later(int code) { return code != 64 && code != 65; }

// ", epoch 3/250, loss 0.0123, 45 images/s": as much of it as the worker tells.
std::string progress_in_words(const Json& line) {
  std::string words;
  const auto add = [&](const char* before, const char* key, const char* form, const char* after) {
    const Json& value = at_path(line, key);
    if (value.is_number()) words += before + fmt::format(fmt::runtime(form), value.get<double>()) + after;
  };
  add(", epoch ", "epoch", "{:.0f}", "");
  add("/", "epochs", "{:.0f}", "");
  add(", loss ", "loss", "{:.3g}", "");
  add(", ", "images_per_second", "{:.0f}", " images/s");
  return words;
}

class LocalSchedule {
 public:
  LocalSchedule(const Sweep& sweep, const LocalWork& work, const std::string& title, const LocalOptions& options)
      : work_(work),
        options_(options),
        shares_(whole_machine(), options.slots),
        waiting_(jobs_of(sweep)),
        progress_(title, count_units(), work.unit()) {}

  ExecutionSummary execute() {
    try {
      work();
    } catch (const Error& error) {
      if (!running_.empty()) note("{}\nno more can be done: the workers save themselves", error.what());
      let_workers_save();
      throw;
    }
    summary_.interrupted = !waiting_.empty() || !held_.empty();
    return summary_;
  }

 private:
  std::deque<Job> jobs_of(const Sweep& sweep) {
    std::deque<Job> jobs;
    for (const Cell& cell : sweep.cells) {
      for (const Run& run : cell.runs) {
        if (work_.is_done(run)) {
          ++summary_.skipped;
          detail("taken as done: {}, seed {} ({})", cell.label, run.seed, run.id.substr(0, 12));
        } else if (work_.is_wanted(run)) {
          jobs.push_back({&cell, &run});
        }
      }
    }
    std::stable_sort(jobs.begin(), jobs.end(),
                     [](const Job& a, const Job& b) { return cost_of(*a.cell) > cost_of(*b.cell); });
    return jobs;
  }

  void work() {
    while (true) {
      if (!stop_requested()) start_what_fits();
      if (running_.empty() && (stop_requested() || (waiting_.empty() && held_.empty()))) break;
      wait();
      look();
    }
  }

  // After an error of ours, which may meet us here again.
  void let_workers_save() {
    while (!running_.empty()) {
      std::erase_if(running_, [](RunningJob& running) {
        try {
          running.attempt.stop(std::max(1, stop_urgency()), "pbn met an error");
          running.attempt.poll();
        } catch (const Error&) {
          return running.attempt.descriptor() < 0;
        }
        return running.attempt.ending().has_value();
      });
      ::poll(nullptr, 0, 20);
    }
  }

  std::int64_t count_units() const {
    std::int64_t units = 0;
    for (const Job& job : waiting_) units += work_.units(*job.cell);
    return units;
  }

  void start_what_fits() {
    if (Clock::now() >= next_look_at_held_) {
      waiting_.insert(waiting_.end(), held_.begin(), held_.end());
      held_.clear();
    }
    for (std::size_t next = 0; next < std::min(waiting_.size(), looked_ahead);) {
      auto share = shares_.take(work_.needs(*waiting_[next].cell));
      if (!share) {
        if (running_.empty() || waiting_[next].overtaken == most_overtaken) break;
        ++next;
        continue;
      }
      for (std::size_t larger = 0; larger < next; ++larger) ++waiting_[larger].overtaken;
      const Job job = waiting_[next];
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(next));
      start(job, *std::move(share));
    }
    if (running_.empty() && !held_.empty()) tell_that_others_work();
  }

  void start(const Job& job, MachineShare share) {
    WorkerTask task = work_.task(*job.cell, *job.run);
    const auto units_before = work_.units_done(*job.cell, newest_progress(task.folder / "metrics.jsonl"));
    task.processors = share.processors;
    if (!share.devices.empty()) {
      task.environment.emplace_back("CUDA_VISIBLE_DEVICES", fmt::format("{}", fmt::join(share.devices, ",")));
    }
    RunAttempt attempt(std::move(task), observer_, [this, run = job.run](const Json& line) { follow(run, line); });
    if (!attempt.start()) {
      shares_.give_back(share);
      hold(job);
    } else {
      running_.push_back({job, std::move(share), std::move(attempt)});
      running_.back().job.units_before = units_before;
      wait_for_others_ = first_wait_for_others;
    }
  }

  void hold(const Job& job) {
    if (held_.empty()) {
      next_look_at_held_ = Clock::now() + wait_for_others_;
      wait_for_others_ = std::min(2 * wait_for_others_, longest_wait_for_others);
    }
    held_.push_back(job);
  }

  void tell_that_others_work() {
    if (wait_for_others_ < longest_wait_for_others || told_that_others_work_) return;
    const std::string first = work_.task(*held_[0].cell, *held_[0].run).name;
    note("another pbn, or the worker of one that was killed, is at {} ({}{}): waiting for {}",
         counted(held_.size(), "run"), first, held_.size() > 1 ? ", ..." : "", held_.size() > 1 ? "them" : "it");
    told_that_others_work_ = true;
  }

  void wait() {
    std::vector<pollfd> ends;
    auto due = held_.empty() ? next_look_ : std::min(next_look_, next_look_at_held_);
    for (const RunningJob& running : running_) {
      ends.push_back({running.attempt.descriptor(), POLLIN, 0});
      if (running.attempt.ending()) due = Clock::now();
    }
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
    ::poll(ends.data(), ends.size(), static_cast<int>(std::max<std::int64_t>(0, time.count())));
  }

  void look() {
    const bool is_due = Clock::now() >= next_look_;
    if (is_due) next_look_ = Clock::now() + time_between_looks;
    for (RunningJob& running : running_) {
      pollfd ended{running.attempt.descriptor(), POLLIN, 0};
      running.attempt.stop(stop_urgency());
      if (is_due || ::poll(&ended, 1, 0) > 0) running.attempt.poll();
      if (running.attempt.ending()) conclude(running);
    }
    std::erase_if(running_, [](const RunningJob& running) { return running.attempt.ending().has_value(); });
  }

  void conclude(RunningJob& running) {
    shares_.give_back(running.share);
    RunAttempt& end = running.attempt;
    const std::string& name = end.task().name;
    Job& job = running.job;
    switch (*end.ending()) {
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
        note("{}: {}", name, end.reason());
        break;
      case AttemptEnding::superseded:
        hold(job);
        break;
      case AttemptEnding::interrupted:
        waiting_.push_front(job);
        break;
      case AttemptEnding::saved:
        stop_requested() || end.made_headway() ? waiting_.push_front(job) : fail(job, end);
        break;
      case AttemptEnding::failed:
        fail(job, end);
        break;
    }
  }

  void fail(Job& job, const RunAttempt& end) {
    const std::string& name = end.task().name;
    if (may_succeed_later(end.code()) && job.failures < options_.retries) {
      ++job.failures;
      waiting_.push_back(job);
      note("{}: {}; will be tried again ({} of {})", name, end.reason(), job.failures, options_.retries);
      return;
    }
    summary_.failures.push_back({name, end.reason(), end.task().folder.string(), end.last_lines()});
    note("{}: {}", name, end.reason());
  }

  void follow(const Run* run, const Json& line) {
    const auto running = std::find_if(running_.begin(), running_.end(),
                                      [&](const RunningJob& candidate) { return candidate.job.run == run; });
    if (running == running_.end()) return;
    const std::string& name = running->attempt.task().name;
    const Json &kind = at_path(line, "kind"), &text = at_path(line, "text");
    if (kind == "warning" && text.is_string()) note("{}: {}", name, printable_line(text.get_ref<const std::string&>()));
    const auto units = work_.units_done(*running->job.cell, line);
    if (!units) return;
    const std::string others = running_.size() > 1 ? fmt::format("{} runs at a time; ", running_.size()) : "";
    advance(running->job, *units, others + name + progress_in_words(line));
  }

  // Its first word tells how far earlier attempts have brought it: at most where they were themselves.
  void advance(Job& job, std::int64_t units, const std::string& note) {
    if (job.units_before) {
      const std::int64_t earlier = std::max<std::int64_t>(0, std::min(units, *job.units_before) - job.units_shown);
      job.units_shown += earlier;
      progress_.skip(earlier);
      job.units_before.reset();
    }
    const std::int64_t ahead = std::max<std::int64_t>(0, units - job.units_shown);
    job.units_shown += ahead;
    progress_.advance(ahead, note);
  }

  const LocalWork& work_;
  LocalOptions options_;
  ExecutionSummary summary_;
  StopSignals signals_;
  AttemptObserver observer_;
  MachineShares shares_;
  std::deque<Job> waiting_;
  std::vector<RunningJob> running_;
  std::vector<Job> held_;  // by somebody else
  Progress progress_;
  Clock::time_point next_look_ = Clock::now(), next_look_at_held_ = next_look_;
  Clock::duration wait_for_others_ = first_wait_for_others;
  bool told_that_others_work_ = false;
};

}  // namespace

ExecutionSummary work_through(const Sweep& sweep, const LocalWork& work, const std::string& title,
                              const LocalOptions& options) {
  return LocalSchedule(sweep, work, title, options).execute();
}

MachineNeeds needs_of(const Cell& cell) {
  static const bool has_devices = !whole_machine().devices.empty();
  const bool is_external = cell.worker().is_external();
  const int threads = is_external ? 1 : cell.setting("run.threads").get<int>();
  const bool wants_device = has_devices && (is_external || cell.setting("run.device") != "cpu");
  return {cell.ranks() * threads, wants_device ? cell.ranks() : 0};
}

}  // namespace pbn
