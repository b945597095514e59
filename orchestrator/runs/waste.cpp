#include "orchestrator/runs/waste.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <span>
#include <sstream>
#include <tuple>
#include <utility>

#include "base/files.h"
#include "base/parallel.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/run_state.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr double seconds_between_beats = 10;  // of an attempt's heartbeat (attempt.h)
constexpr std::size_t waste_readers = 16;     // threads; on a network store they mostly wait

DeviceHours operator*(double seconds, const DeviceHours& held) {
  return {seconds / 3600 * held.cores, seconds / 3600 * held.gpus};
}

void add_to(std::optional<DeviceHours>& sum, const std::optional<DeviceHours>& more) {
  if (!more) return;
  if (!sum) sum.emplace();
  sum->cores += more->cores;
  sum->gpus += more->gpus;
}

void add_to(std::optional<double>& sum, const std::optional<double>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

void add_to(Waste& sum, const Waste& more) {
  sum.attempts += more.attempts;
  sum.lost_attempts += more.lost_attempts;
  for (const auto hours :
       {&Waste::used, &Waste::lost, &Waste::for_data, &Waste::for_ranks, &Waste::for_checkpoints, &Waste::idle}) {
    add_to(sum.*hours, more.*hours);
  }
  add_to(sum.in_queue, more.in_queue);
}

struct TimedAttempt {
  std::string owner;  // the process of pbn that made it
  std::string slurm_job;
  std::optional<std::time_t> began, ended;
  std::optional<double> seconds;
  bool is_lost = false;
};

// What workers say about waiting, in seconds of each rank.
struct ReportedWaits {
  std::optional<double> for_data, for_ranks, for_checkpoints;
};

struct TimedRun {
  std::vector<TimedAttempt> attempts;  // oldest first
  ReportedWaits waits;
  double ranks = 1, threads = 1;
  std::optional<bool> is_on_gpu;

  DeviceHours held() const { return *is_on_gpu ? DeviceHours{0, ranks} : DeviceHours{ranks * threads, 0}; }
};

TimedAttempt timed_attempt(const fs::path& folder) {
  const Json meta = object_in(folder / "meta.json"), exit = object_in(folder / "exit.json");
  TimedAttempt attempt;
  for (const char* entry : {"host", "boot", "pid", "pid_started"}) attempt.owner += at_path(meta, entry).dump() + " ";
  attempt.slurm_job = text_at(meta, "slurm_job");
  attempt.began = time_from(text_at(meta, "began"));
  attempt.ended = time_from(text_at(exit, "ended"));
  if (exit.empty()) {
    const std::string beats = read_file_if_there(folder / "heartbeat").value_or("");
    attempt.seconds = seconds_between_beats * std::atof(beats.c_str());
    attempt.is_lost = true;
    return attempt;
  }
  if (attempt.began && attempt.ended) attempt.seconds = std::max(0.0, std::difftime(*attempt.ended, *attempt.began));
  const double code = number_at(exit, "code").value_or(70);
  attempt.is_lost = (code != 0 && code != 75) || text_at(exit, "reason").find(not_saved) != std::string::npos;
  return attempt;
}

ReportedWaits waits_in(const fs::path& metrics) {
  ReportedWaits waits;
  std::istringstream lines(read_file_if_there(metrics).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (line.find("seconds_waiting_for_") == std::string::npos && line.find("checkpoint_stall_ms") == std::string::npos)
      continue;
    const Json entry = Json::parse(line, nullptr, false);
    add_to(waits.for_data, number_at(entry, "seconds_waiting_for_data"));
    add_to(waits.for_ranks, number_at(entry, "seconds_waiting_for_ranks"));
    // Earlier versions reported the longest wait of an epoch alone.
    const auto longest = number_at(entry, "checkpoint_stall_ms"),
               all = number_at(entry, "seconds_waiting_for_checkpoints");
    if (all || longest) add_to(waits.for_checkpoints, all ? *all : *longest / 1e3);
  }
  return waits;
}

// Whether a run is on GPUs, as the device in its result or else its configuration says; the device "auto" says nothing.
std::optional<bool> is_on_gpu(const std::string& device, const std::string& wanted) {
  // "NAME (GPU-0123...)" is a GPU (worker/cuda/cuda_device.cpp).
  if (!device.empty()) return device.find("(GPU-") != std::string::npos;
  if (wanted == "cuda" || wanted == "cpu") return wanted == "cuda";
  return std::nullopt;
}

// The device that the run's result names, "" if it names none; nothing without a result.
std::optional<std::string> device_of(const RunStore& store, const std::string& run, const Devices& known) {
  if (const auto found = known.find(run); found != known.end()) return found->second;
  const auto result = store.result(run);
  return result ? std::optional(text_at(result->measured, "device")) : std::nullopt;
}

TimedRun timed_run(const RunStore& store, const std::string& run, const Devices& known) {
  TimedRun timed;
  if (run.empty()) return timed;  // its data files are missing
  const fs::path folder = store.folder(run);
  for (const fs::path& attempt : attempts_at(folder)) timed.attempts.push_back(timed_attempt(attempt));
  if (timed.attempts.empty()) return timed;
  const auto device = device_of(store, run, known);
  const bool is_in_use = device || facts_of(store, run).state == RunState::running;
  if (is_in_use) timed.attempts.back().is_lost = false;
  timed.waits = waits_in(folder / "metrics.jsonl");
  const Json config = object_in(folder / "config.json");
  const std::string section = at_path(config, "worker").is_object() ? "worker" : "run";  // of an external worker
  timed.ranks = number_at(config, section + ".ranks").value_or(1);
  timed.threads = number_at(config, section + ".threads").value_or(1);
  timed.is_on_gpu = is_on_gpu(device.value_or(""), text_at(config, section + ".device"));
  return timed;
}

// From submission to the begin of the attempt, or from the end of the one before if Slurm had requeued the same job.
std::optional<double> hours_in_queue(const TimedRun& run, const std::vector<std::time_t>& submitted) {
  std::optional<double> hours;
  const TimedAttempt* previous = nullptr;
  for (const TimedAttempt& attempt : run.attempts) {
    std::optional<std::time_t> since;
    if (attempt.slurm_job.empty() || !attempt.began) continue;
    if (previous && previous->slurm_job == attempt.slurm_job) since = previous->ended;
    for (const std::time_t time : submitted) {
      const bool is_newer = !previous || time > previous->began.value_or(0);
      if (is_newer && time <= *attempt.began && time >= since.value_or(0)) since = time;
    }
    if (since) add_to(hours, std::max(0.0, std::difftime(*attempt.began, *since)) / 3600);
    previous = &attempt;
  }
  return hours;
}

Waste waste_of_run(const TimedRun& run, const std::vector<std::time_t>& submitted) {
  Waste waste;
  const DeviceHours held = run.held();
  for (const TimedAttempt& attempt : run.attempts) {
    ++waste.attempts;
    waste.lost_attempts += attempt.is_lost;
    if (!attempt.seconds) continue;
    add_to(waste.used, *attempt.seconds * held);
    add_to(waste.lost, attempt.is_lost ? *attempt.seconds * held : DeviceHours{});
  }
  const auto hours = [&](const std::optional<double>& seconds) {
    return seconds ? std::optional(*seconds * held) : std::nullopt;
  };
  waste.for_data = hours(run.waits.for_data);
  // A recorded step on a GPU reports 0, because nobody measures it.
  if (held.gpus == 0 || run.waits.for_ranks.value_or(0) > 0) waste.for_ranks = hours(run.waits.for_ranks);
  waste.for_checkpoints = hours(run.waits.for_checkpoints);
  waste.in_queue = hours_in_queue(run, submitted);
  return waste;
}

// What one process of pbn used over time: +held where an attempt begins, -held where it ends.
class UseOverTime {
 public:
  void add(const TimedAttempt& attempt, const DeviceHours& held) {
    if (!attempt.began || !attempt.seconds) return;
    const auto begin = static_cast<double>(*attempt.began), end = begin + *attempt.seconds;
    ++attempts_;
    add_to(used_, *attempt.seconds * held);
    changes_.emplace_back(begin, held);
    changes_.emplace_back(end, DeviceHours{-held.cores, -held.gpus});
  }

  // None of a single attempt, which used all that the process had.
  std::optional<DeviceHours> idle() {
    if (attempts_ < 2) return std::nullopt;
    std::ranges::sort(changes_, [](const auto& a, const auto& b) {  // times are whole seconds: an end comes first
      return std::tuple(a.first, a.second.cores + a.second.gpus) < std::tuple(b.first, b.second.cores + b.second.gpus);
    });
    DeviceHours now, most;
    for (const auto& [time, change] : changes_) {
      now = {now.cores + change.cores, now.gpus + change.gpus};
      most = {std::max(most.cores, now.cores), std::max(most.gpus, now.gpus)};
    }
    const DeviceHours whole = (changes_.back().first - changes_.front().first) * most;
    return DeviceHours{std::max(0.0, whole.cores - used_->cores), std::max(0.0, whole.gpus - used_->gpus)};
  }

 private:
  int attempts_ = 0;
  std::optional<DeviceHours> used_;
  std::vector<std::pair<double, DeviceHours>> changes_;
};

// A run that does not say whether it is on GPUs is where another run of its cell is, or else on processors.
void settle_devices(std::vector<TimedRun>& runs, std::size_t first, std::size_t count) {
  const std::span cell(runs.data() + first, count);
  const auto known = std::ranges::find_if(cell, [](const TimedRun& run) { return run.is_on_gpu.has_value(); });
  const bool is_on_gpu = known != cell.end() && *known->is_on_gpu;
  for (TimedRun& run : cell) run.is_on_gpu = run.is_on_gpu.value_or(is_on_gpu);
}

std::vector<std::time_t> times_of(const std::string& run, const SubmitTimes& submitted) {
  std::vector<std::time_t> times;
  const auto [begin, end] = submitted.equal_range(run);
  for (auto one = begin; one != end; ++one) {
    if (const auto time = time_from(one->second)) times.push_back(*time);
  }
  return times;
}

Json hours_json(const DeviceHours& hours) { return {{"core_hours", hours.cores}, {"gpu_hours", hours.gpus}}; }

}  // namespace

SweepWaste waste_of(const RunStore& store, const SweepRuns& sweep, const SubmitTimes& submitted, const Devices& known) {
  const std::vector<std::string> ids = sweep.ids();
  std::vector<TimedRun> runs(ids.size());
  in_parallel(runs.size(), std::min(waste_readers, runs.size() / 64),
              [&](std::size_t i) { runs[i] = timed_run(store, ids[i], known); });
  SweepWaste waste;
  std::map<std::string, UseOverTime> processes;
  std::size_t at = 0;
  for (const CellRuns& cell : sweep.cells) {
    settle_devices(runs, at, cell.runs.size());
    Waste& of_cell = waste.cells.emplace_back();
    for (std::size_t i = 0; i < cell.runs.size(); ++i, ++at) {
      add_to(of_cell, waste_of_run(runs[at], times_of(ids[at], submitted)));
      for (const TimedAttempt& attempt : runs[at].attempts) processes[attempt.owner].add(attempt, runs[at].held());
    }
    add_to(waste.all, of_cell);
  }
  for (auto& [owner, process] : processes) add_to(waste.all.idle, process.idle());
  return waste;
}

Json to_json(const Waste& waste) {
  Json json = {{"attempts", waste.attempts}, {"lost_attempts", waste.lost_attempts}};
  const auto add_hours = [&](const char* name, const std::optional<DeviceHours>& hours) {
    if (hours) json[name] = hours_json(*hours);
  };
  add_hours("used", waste.used);
  add_hours("lost", waste.lost);
  add_hours("waiting_for_data", waste.for_data);
  add_hours("waiting_for_ranks", waste.for_ranks);
  add_hours("waiting_for_checkpoints", waste.for_checkpoints);
  add_hours("idle", waste.idle);
  if (waste.in_queue) json["hours_in_queue"] = *waste.in_queue;
  return json;
}

}  // namespace pbn::runs
