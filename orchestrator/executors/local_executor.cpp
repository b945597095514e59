#include "orchestrator/executors/local_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/files.h"
#include "base/progress.h"
#include "orchestrator/executors/worker_process.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr int most_restarts = 100;  // of a worker that saved itself; each made headway

class LocalExecutor {
 public:
  LocalExecutor(const Sweep& sweep, const RunStore& store)
      : sweep_(sweep), store_(store), progress_(sweep.grid.name, count_steps(), "steps") {}

  ExecutionSummary execute() {
    for (const Cell& cell : sweep_.cells) {
      for (const Run& run : cell.runs) {
        if (store_.result(run.id)) {
          ++summary_.skipped;
        } else if (!stop_requested()) {
          carry_out(cell, run);
        }
      }
    }
    summary_.interrupted = stop_requested();
    return summary_;
  }

 private:
  std::int64_t count_steps() const {
    std::int64_t steps = 0;
    for (const Cell& cell : sweep_.cells) {
      for (const Run& run : cell.runs) steps += store_.result(run.id) ? 0 : cell.steps;
    }
    return steps;
  }

  void carry_out(const Cell& cell, const Run& run) {
    const fs::path folder = store_.folder(run.id);
    make_writable_folder(folder);
    RunLease lease(folder);
    if (!take_or_wait_for_orphans(lease)) {
      ++summary_.held;
      return;
    }
    if (store_.result(run.id)) {  // of the one who held the lease
      ++summary_.skipped;
      return;
    }
    write_json(folder / "config.json", cell.config_of(run));
    const std::string name = fmt::format("{}, seed {}", cell.label, run.seed);
    const auto log_start = size_or_zero(folder / "log");
    steps_of_run_ = 0;
    int code = 75;
    for (int start = 0; code == 75 && start < most_restarts && !stop_requested(); ++start) {
      code = attempt(cell, run, name, lease.descriptor());
    }
    conclude(cell, run, name, code, log_start);
  }

  // One start of the worker to its end.
  int attempt(const Cell& cell, const Run& run, const std::string& name, int lease) {
    const fs::path folder = fs::absolute(store_.folder(run.id));
    const fs::path attempt = store_.new_attempt(run.id);
    const WorkerJob job{cell.ranks(),
                        {"--run", folder.string()},
                        folder / "log",
                        folder / "metrics.jsonl",
                        lease};
    write_json(attempt / "meta.json", {{"command", launcher_.command(job)}});
    const int code = launcher_.run(job, [&](const Json& line) { follow(line, cell, name); });
    write_json(attempt / "exit.json", {{"code", code}, {"reason", exit_code_in_words(code)}});
    return code;
  }

  // The worker's own count of epochs and steps, as a share of what was planned.
  void follow(const Json& line, const Cell& cell, const std::string& name) {
    const Json& kind = at_path(line, "kind");
    if (kind == "warning" && at_path(line, "text").is_string())
      say_above_progress(name + ": " + at_path(line, "text").get<std::string>());
    if (kind != "progress") return;
    const auto number = [&](const char* key, double otherwise) {
      const Json& value = at_path(line, key);
      return value.is_number() ? value.get<double>() : otherwise;
    };
    const double epoch = number("epoch", 1), epochs = std::max(1.0, number("epochs", 1));
    const double share = (epoch - 1 + number("step", 0) / std::max(1.0, number("steps", 1))) / epochs;
    const std::string note = fmt::format("{}, epoch {}/{}, loss {:.3g}, {:.0f} images/s", name, epoch, epochs,
                                         number("loss", 0), number("images_per_second", 0));
    advance_to(static_cast<std::int64_t>(share * static_cast<double>(cell.steps)), note);
  }

  void advance_to(std::int64_t steps_of_run, const std::string& note) {
    const std::int64_t ahead = std::max<std::int64_t>(0, steps_of_run - steps_of_run_);  // a restart may go back
    steps_of_run_ += ahead;
    progress_.advance(ahead, note);
  }

  void conclude(const Cell& cell, const Run& run, const std::string& name, int code, std::uintmax_t log_start) {
    const auto result = store_.result(run.id);
    if (result) {
      advance_to(cell.steps, "");
      ++summary_.finished;
      const Json& figure = at_path(*result, "outcome.figures").value(sweep_.metric, Json());
      say_above_progress(
          fmt::format("{}: {} {}, {}", name, sweep_.metric,
                      figure.is_number() ? fmt::format("{:.1f}", figure.get<double>()) : "is not among its figures",
                      human_duration(at_path(*result, "measured").value("seconds", 0.0))));
      return;
    }
    if (stop_requested()) return;
    const std::string reason = code == 0 ? "ended without a result of this run" : exit_code_in_words(code);
    const fs::path folder = store_.folder(run.id);
    if (const auto attempt = store_.newest_attempt(run.id); attempt && code == 0) {
      write_json(*attempt / "exit.json", {{"code", 70}, {"reason", reason}});
    }
    summary_.failures.push_back({name, reason, folder.string(), last_lines(folder / "log", log_start, 8)});
    say_above_progress(fmt::format("{}: {}", name, reason));
  }

  const Sweep& sweep_;
  const RunStore& store_;
  StopSignals signals_;
  WorkerLauncher launcher_;
  Progress progress_;
  std::int64_t steps_of_run_ = 0;  // shown so far of the present run
  ExecutionSummary summary_;
};

}  // namespace

ExecutionSummary execute(const Sweep& sweep, const RunStore& store) { return LocalExecutor(sweep, store).execute(); }

}  // namespace pbn
