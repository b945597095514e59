#include "orchestrator/local_executor.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/progress.h"
#include "orchestrator/metrics_tail.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int most_restarts = 100;  // of a worker that saved itself; each made headway
constexpr auto time_to_save = 30s;
constexpr auto time_to_end = 10s;
constexpr auto time_for_orphans = 15s;  // until the worker of a killed sweeper is gone

std::atomic<int> stop_requests{0};

// While it lives, SIGINT and SIGTERM are counted instead of ending us.
class StopSignals {
 public:
  StopSignals() {
    stop_requests = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { ++stop_requests; };  // no SA_RESTART: waiting ends at once
    ::sigaction(SIGINT, &action, &interrupt_);
    ::sigaction(SIGTERM, &action, &terminate_);
  }
  ~StopSignals() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct sigaction interrupt_ {
  }, terminate_{};
};

struct Launcher {
  fs::path mpirun, worker;
};

Launcher find_launcher() {
  const Launcher launcher{find_program("mpirun"), own_program().parent_path() / "pbn_worker"};
  if (launcher.mpirun.empty()) {
    throw environment_error("mpirun", "apt-get install openmpi-bin, or load your site's MPI module",
                            "is not in PATH; runs are started with it");
  }
  if (find_program(launcher.worker.string()).empty()) {
    throw environment_error(launcher.worker.string(), "build it with ./run build",
                            "the worker that trains the networks is not there");
  }
  return launcher;
}

// Escalates from asking to killing, once we were asked to stop ourselves.
class Stopping {
 public:
  void press_on(Process& process) {
    const auto waited = Clock::now() - since_;
    if (stop_requests == 0 || stage_ == 3) return;
    if (stage_ == 0) {
      enter(process, SIGUSR2);
    } else if (stage_ == 1 && (waited > time_to_save || stop_requests > 1)) {
      enter(process, SIGTERM);
    } else if (stage_ == 2 && waited > time_to_end) {
      enter(process, SIGKILL);
    }
  }

 private:
  void enter(Process& process, int number) {
    process.signal(number);
    since_ = Clock::now();
    ++stage_;
  }

  int stage_ = 0;  // nothing, USR2, TERM, KILL
  Clock::time_point since_ = Clock::now();
};

std::vector<std::string> last_lines(const fs::path& log, std::uintmax_t from, std::size_t count) {
  std::vector<std::string> lines;
  std::error_code missing;
  if (fs::file_size(log, missing) <= from || missing) return lines;
  std::istringstream text(read_file(log).substr(from));
  for (std::string line; std::getline(text, line);) {
    line = line.substr(line.rfind('\r') + 1);  // of a progress bar, its last state
    if (!line.empty()) lines.push_back(line);
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

std::uintmax_t size_or_zero(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : size;
}

class LocalExecutor {
 public:
  LocalExecutor(const Sweep& sweep, const RunStore& store)
      : sweep_(sweep), store_(store), launcher_(find_launcher()), progress_(sweep.grid.name, count_steps(), "steps") {}

  ExecutionSummary execute() {
    for (const Cell& cell : sweep_.cells) {
      for (const Run& run : cell.runs) {
        if (store_.result(run.id)) {
          ++summary_.skipped;
        } else if (stop_requests == 0) {
          carry_out(cell, run);
        }
      }
    }
    summary_.interrupted = stop_requests > 0;
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
    if (!take(lease)) {
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
    for (int start = 0; code == 75 && start < most_restarts && stop_requests == 0; ++start) {
      code = attempt(cell, run, name, lease.descriptor());
    }
    conclude(cell, run, name, code, log_start);
  }

  static bool take(RunLease& lease) {
    const auto start = Clock::now();
    while (!lease.try_take()) {
      if (stop_requests > 0 || Clock::now() - start > time_for_orphans) return false;
      std::this_thread::sleep_for(100ms);
    }
    return true;
  }

  // One start of the worker to its end.
  int attempt(const Cell& cell, const Run& run, const std::string& name, int lease) {
    const fs::path folder = fs::absolute(store_.folder(run.id));
    const fs::path attempt = store_.new_attempt(run.id);
    const std::string ranks = at_path(cell.settled, "run.ranks").dump();
    ProcessOptions options;
    options.command = {
        launcher_.mpirun.string(), "--quiet", "-np",          ranks, "--bind-to", "none", "--oversubscribe",
        launcher_.worker.string(), "--run",   folder.string()};
    options.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
    options.output = folder / "log";
    options.inherited = lease;
    write_json(attempt / "meta.json", {{"command", options.command}});
    MetricsTail metrics(folder / "metrics.jsonl");
    Process process(options);
    Stopping stopping;
    std::optional<int> code;
    while (!code) {
      code = process.wait_for(200ms);
      stopping.press_on(process);
      for (const Json& line : metrics.new_lines()) follow(line, cell, name);
    }
    write_json(attempt / "exit.json", {{"code", *code}, {"reason", exit_code_in_words(*code)}});
    return *code;
  }

  // The worker's own count of epochs and steps, as a share of what was planned.
  void follow(const Json& line, const Cell& cell, const std::string& name) {
    const Json& kind = at_path(line, "kind");
    if (kind == "warning" && at_path(line, "text").is_string())
      say(name + ": " + at_path(line, "text").get<std::string>());
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
      say(fmt::format("{}: {} {}, {}", name, sweep_.metric,
                      figure.is_number() ? fmt::format("{:.1f}", figure.get<double>()) : "is not among its figures",
                      human_duration(at_path(*result, "measured").value("seconds", 0.0))));
      return;
    }
    if (stop_requests > 0) return;
    const std::string reason = code == 0 ? "ended without a result of this run" : exit_code_in_words(code);
    const fs::path folder = store_.folder(run.id);
    if (const auto attempt = store_.newest_attempt(run.id); attempt && code == 0) {
      write_json(*attempt / "exit.json", {{"code", 70}, {"reason", reason}});
    }
    summary_.failures.push_back({name, reason, folder.string(), last_lines(folder / "log", log_start, 8)});
    say(fmt::format("{}: {}", name, reason));
  }

  static void say(const std::string& text) {
    fmt::print(stderr, "{}{}\n", isatty(2) ? "\r\033[K" : "", text);  // above the bar, which is drawn again
  }

  const Sweep& sweep_;
  const RunStore& store_;
  StopSignals signals_;
  Launcher launcher_;
  Progress progress_;
  std::int64_t steps_of_run_ = 0;  // shown so far of the present run
  ExecutionSummary summary_;
};

}  // namespace

ExecutionSummary execute(const Sweep& sweep, const RunStore& store) { return LocalExecutor(sweep, store).execute(); }

std::string exit_code_in_words(int code) {
  const char* signal_name = code > 128 ? ::sigabbrev_np(code - 128) : nullptr;
  if (signal_name) return fmt::format("was ended by SIG{}", signal_name);
  const char* words = code == 0    ? "finished"
                      : code == 64 ? "refused its configuration"
                      : code == 65 ? "could not use its data"
                      : code == 69 ? "lacked something on this machine"
                      : code == 70 ? "met an internal error"
                      : code == 75 ? "saved itself and asked to be started again"
                                   : "failed";
  return fmt::format("{} (exit code {})", words, code);
}

}  // namespace pbn
