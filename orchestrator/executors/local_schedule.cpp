#include "orchestrator/executors/local_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

#include "base/counted.h"
#include "base/error.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/progress.h"
#include "orchestrator/executors/running_attempts.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/metrics_tail.h"

namespace pbn::executors {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

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
        running_(shares_),
        jobs_(jobs_of(sweep)),
        progress_(title, count_units(), work.unit()) {
    for (std::size_t job = 0; job < jobs_.size(); ++job) waiting_.push_back(job);
  }

  ExecutionSummary execute() {
    try {
      run_all();
    } catch (const Error& error) {
      if (!running_.empty()) note("{}\npbn cannot continue: the workers save themselves", error.what());
      running_.save();
      throw;
    }
    summary_.interrupted = !waiting_.empty() || !held_.empty();
    return summary_;
  }

 private:
  std::vector<Job> jobs_of(const grid::Sweep& sweep) {
    std::vector<Job> jobs;
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
      running_.wait(held_.empty() || stop_requested() ? Clock::time_point::max() : next_try_of_held_);
      for (const RunningAttempts::Ended& ended : running_.take_ended()) conclude(ended.number, *ended.attempt);
    }
  }

  std::int64_t count_units() const {
    std::int64_t units = 0;
    for (const Job& job : jobs_) units += work_.units(*job.cell);
    return units;
  }

  void start_jobs() {
    if (Clock::now() >= next_try_of_held_) {
      waiting_.insert(waiting_.end(), held_.begin(), held_.end());
      held_.clear();
    }
    for (std::size_t next = 0; next < std::min(waiting_.size(), max_lookahead);) {
      const std::size_t job = waiting_[next];
      auto share = shares_.take(work_.needs(*jobs_[job].cell));
      if (!share) {
        if (running_.empty() || jobs_[job].overtaken == max_overtaken) break;
        ++next;
        continue;
      }
      for (std::size_t larger = 0; larger < next; ++larger) ++jobs_[waiting_[larger]].overtaken;
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(next));
      start(job, *std::move(share));
    }
    if (running_.empty() && !held_.empty()) report_held_jobs();
  }

  void start(std::size_t number, MachineShare share) {
    Job& job = jobs_[number];
    WorkerTask task = work_.task(*job.cell, *job.run);
    const auto units_before = work_.units_done(*job.cell, runs::newest_progress(task.folder / "metrics.jsonl"));
    const auto on_line = [this, number, name = task.name](const Json& line) { follow(jobs_[number], name, line); };
    if (!running_.begin(number, std::move(task), std::move(share), on_line)) {
      hold(number);
      return;
    }
    job.units_before = units_before;
    wait_for_others_ = min_wait_for_others;
  }

  void hold(std::size_t job) {
    if (held_.empty()) {
      next_try_of_held_ = Clock::now() + wait_for_others_;
      wait_for_others_ = std::min(2 * wait_for_others_, max_wait_for_others);
    }
    held_.push_back(job);
  }

  void report_held_jobs() {
    if (wait_for_others_ < max_wait_for_others || reported_held_jobs_) return;
    const std::string first = work_.task(*jobs_[held_[0]].cell, *jobs_[held_[0]].run).name;
    note("waiting for {} ({}{}) held by another pbn, or by the worker of a pbn that was killed",
         counted(held_.size(), "run"), first, held_.size() > 1 ? ", ..." : "");
    reported_held_jobs_ = true;
  }

  void conclude(std::size_t number, const RunAttempt& attempt) {
    const std::string& name = attempt.task().name;
    Job& job = jobs_[number];
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
        hold(number);
        break;
      case AttemptEnding::interrupted:
        waiting_.push_front(number);
        break;
      case AttemptEnding::saved:
        stop_requested() || attempt.made_progress() ? waiting_.push_front(number) : fail(number, attempt);
        break;
      case AttemptEnding::failed:
        fail(number, attempt);
        break;
    }
  }

  void fail(std::size_t number, const RunAttempt& attempt) {
    const std::string& name = attempt.task().name;
    int& failures = jobs_[number].failures;
    if (may_succeed_later(attempt.code()) && failures < options_.retries) {
      ++failures;
      waiting_.push_back(number);
      note("{}: {}; will be tried again ({} of {})", name, attempt.reason(), failures, options_.retries);
      return;
    }
    summary_.failures.push_back({name, attempt.reason(), attempt.task().folder.string(), attempt.last_lines()});
    note("{}: {}", name, attempt.reason());
  }

  void follow(Job& job, const std::string& name, const Json& line) {
    const std::string text = runs::text_at(line, "text");
    if (at_path(line, "kind") == "warning" && !text.empty()) note("{}: {}", name, printable_line(text));
    const auto units = work_.units_done(*job.cell, line);
    if (!units) return;
    const std::string others = running_.size() > 1 ? fmt::format("{} runs at a time; ", running_.size()) : "";
    advance(job, *units, others + name + progress_in_words(line));
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
  MachineShares shares_;
  RunningAttempts running_;
  std::vector<Job> jobs_;
  std::deque<std::size_t> waiting_;  // numbers of jobs
  std::vector<std::size_t> held_;    // by other processes
  Progress progress_;
  Clock::time_point next_try_of_held_ = Clock::now();
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

std::optional<Container> container_for(const grid::Cell& cell, std::optional<Container> container) {
  if (container) container->gpus |= needs_of(cell).devices > 0;
  return container;
}

}  // namespace pbn::executors
