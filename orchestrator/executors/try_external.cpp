#include "orchestrator/executors/try_external.h"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "orchestrator/executors/local_schedule.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/metrics_tail.h"
#include "orchestrator/runs/program_copy.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/script_figures.h"

namespace pbn::executors {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto time_between_looks = 50ms;
constexpr int looks_between_memory = 4;  // which reads all of /proc
constexpr auto time_after_signal = 10s;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// A line "PPid:  12" of /proc/<id>/status; 0 if there is none.
double number_in_status(const std::string& process, const std::string& name) {
  std::ifstream lines("/proc/" + process + "/status");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + ":")) return std::strtod(line.c_str() + name.size() + 1, nullptr);
  }
  return 0;
}

// The most memory that one process of this family has had so far.
double peak_memory_mib(pid_t ancestor) {
  std::multimap<int, std::string> children;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator("/proc", unreadable)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    children.emplace(static_cast<int>(number_in_status(name, "PPid")), name);
  }
  double peak = 0;
  std::vector<std::string> family{std::to_string(ancestor)};
  for (std::size_t i = 0; i < family.size(); ++i) {
    peak = std::max(peak, number_in_status(family[i], "VmHWM") / 1024);
    const auto [first, last] = children.equal_range(std::stoi(family[i]));
    for (auto child = first; child != last; ++child) family.push_back(child->second);
  }
  return peak;
}

// What the worker has reported, by this process's clock.
class TrialReports {
 public:
  void add(const Json& line) {
    const runs::RunProgress progress = runs::progress_in(line);
    if (progress.images_per_second) images_per_second_ = progress.images_per_second;
    const auto share = progress.share();
    if (!share || (count_ > 0 && *share <= last_.share)) return;
    last_ = {Clock::now(), *share};
    if (count_++ == 0) first_ = last_;
  }

  int count() const { return count_; }
  Clock::time_point newest(Clock::time_point otherwise) const { return count_ > 0 ? last_.time : otherwise; }
  std::optional<double> images_per_second() const { return images_per_second_; }

  // The time of a whole run that began then, with its start-up.
  std::optional<double> seconds_of_run(Clock::time_point began) const {
    if (count_ < 2) return {};
    const double of_share = seconds_between(first_.time, last_.time) / (last_.share - first_.share);
    return seconds_between(began, first_.time) + (1 - first_.share) * of_share;
  }

 private:
  struct Report {
    Clock::time_point time;
    double share = 0;
  };
  Report first_, last_;
  int count_ = 0;
  std::optional<double> images_per_second_;
};

// Asks the worker to save itself, then to end.
void stop_trial(Process& worker) {
  for (const int signal : {SIGUSR2, SIGTERM}) {
    worker.signal(signal);
    if (worker.wait_for(time_after_signal)) return;
  }
}

// Why a worker that has ended by itself does not work; empty if it does.
std::string failure_of_trial(int code, const grid::Run& run, const Json& config, const fs::path& folder) {
  if (code != 0) {
    const std::vector<std::string> last = runs::last_lines_of(folder / "log", 1);
    return exit_code_in_words(code) + (last.empty() ? "" : ": " + last.front());
  }
  try {
    if (runs::is_script(config)) runs::publish_script_figures(config, folder, Json::object());
  } catch (const Error& error) {
    return error.what();
  }
  const runs::ResultVerdict verdict = runs::judge_result(folder, run.id);
  return verdict.is_whole() ? "" : verdict.is_damaged() ? verdict.why : "ended without a result of this run";
}

}  // namespace

Trial try_external(const grid::Cell& cell, const fs::path& folder, const TrialOptions& options) {
  const grid::Run& run = cell.runs.front();
  const Json config = cell.config_of(run);
  make_writable_folder(folder);
  write_json(folder / "config.json", config);
  if (runs::is_script(config)) runs::prepare_for_script(config, folder);
  runs::MetricsTail metrics(folder / "metrics.jsonl");
  ProcessOptions process;
  process.command = worker_command(cell, run, folder, container_for(cell, options.container));
  process.environment = environment_here(cell);
  process.environment.insert(process.environment.end(), {{"PBN_RUN", folder.string()}, {"PBN_ATTEMPT", "0001"}});
  process.environment.emplace_back("PBN_HERE", fs::current_path().string());
  process.folder = runs::prepare_program(config, options.programs, folder);
  process.output = folder / "log";

  const StopSignals stop_signals;
  const Clock::time_point began = Clock::now();
  Process worker(process);
  Trial trial;
  TrialReports reports;
  std::optional<int> code;
  for (int look = 0; !code; ++look) {
    code = worker.wait_for(time_between_looks);
    if (!code && look % looks_between_memory == 0)
      trial.peak_memory_mib = std::max(trial.peak_memory_mib, peak_memory_mib(worker.id()));
    for (const Json& line : metrics.new_lines()) reports.add(line);
    if (code || reports.count() > options.reports || stop_requested()) break;
    if (Clock::now() - reports.newest(began) > options.patience) break;
  }
  const double elapsed = seconds_between(began, Clock::now());
  if (!code) stop_trial(worker);
  trial.images_per_second = reports.images_per_second();
  trial.seconds = code == 0 ? elapsed : reports.seconds_of_run(began);
  if (code) trial.failure = failure_of_trial(*code, run, config, folder);
  return trial;
}

}  // namespace pbn::executors
