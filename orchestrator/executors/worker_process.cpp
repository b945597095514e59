#include "orchestrator/executors/worker_process.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "orchestrator/runs/metrics_tail.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto time_to_save = 30s;
constexpr auto time_to_end = 10s;
constexpr auto time_for_orphans = 15s;  // until the worker of a killed pbn is gone

std::atomic<int> stop_requests{0};

// Escalates from asking to killing, once we were asked to stop ourselves.
class Stopping {
 public:
  void press_on(Process& process) {
    const auto waited = Clock::now() - since_;
    if (!stop_requested() || stage_ == 3) return;
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

}  // namespace

StopSignals::StopSignals() {
  stop_requests = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { ++stop_requests; };  // no SA_RESTART: waiting ends at once
  ::sigaction(SIGINT, &action, &interrupt_);
  ::sigaction(SIGTERM, &action, &terminate_);
}

StopSignals::~StopSignals() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
}

bool stop_requested() { return stop_requests > 0; }

WorkerLauncher::WorkerLauncher() : mpirun_(find_program("mpirun")), worker_(find_worker()) {
  if (mpirun_.empty()) {
    throw environment_error("mpirun", "apt-get install openmpi-bin, or load your site's MPI module",
                            "is not in PATH; runs are started with it");
  }
}

std::vector<std::string> WorkerLauncher::command(const WorkerJob& job) const {
  std::vector<std::string> words{mpirun_.string(),          "--quiet",       "-np",
                                 std::to_string(job.ranks), "--bind-to",     "none",
                                 "--oversubscribe",         worker_.string()};
  words.insert(words.end(), job.arguments.begin(), job.arguments.end());
  return words;
}

int WorkerLauncher::run(const WorkerJob& job, const std::function<void(const Json&)>& on_line) const {
  ProcessOptions options;
  options.command = command(job);
  options.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
  options.output = job.log;
  options.inherited = job.lease;
  MetricsTail metrics(job.metrics);
  Process process(options);
  Stopping stopping;
  std::optional<int> code;
  while (!code) {
    code = process.wait_for(200ms);
    stopping.press_on(process);
    for (const Json& line : metrics.new_lines()) on_line(line);
  }
  return *code;
}

fs::path find_worker() {
  const fs::path worker = own_program().parent_path() / "pbn_worker";
  if (find_program(worker.string()).empty()) {
    throw environment_error(worker.string(), "build it with ./run build",
                            "the worker that trains and tests the networks is not there");
  }
  return worker;
}

bool take_or_wait_for_orphans(RunLease& lease) {
  const auto start = Clock::now();
  while (!lease.try_take()) {
    if (stop_requested() || Clock::now() - start > time_for_orphans) return false;
    std::this_thread::sleep_for(100ms);
  }
  return true;
}

std::uintmax_t size_or_zero(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return missing ? 0 : size;
}

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

void say_above_progress(const std::string& text) { fmt::print(stderr, "{}{}\n", isatty(2) ? "\r\033[K" : "", text); }

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
