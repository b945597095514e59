#include "orchestrator/slurm/second_chance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>

#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/slurm/element.h"
#include "orchestrator/slurm/job_size.h"
#include "orchestrator/slurm/slurm.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

constexpr int killed = 137;  // exit code of a process that got SIGKILL
constexpr std::size_t lines_of_killer = 12;
constexpr int most_growth = 4;
constexpr int slack_of_signal = 2;  // minutes; Slurm sends signals up to a minute early, and counts in half minutes

int number_in(const char* variable) {
  const char* const text = std::getenv(variable);
  return text ? std::atoi(text) : 0;
}

// The number after "oom_kill " in memory.events (version 2) or memory.oom_control (version 1).
int kills_in(const fs::path& file) {
  std::ifstream lines(file);
  for (std::string word; lines >> word;) {
    int count = 0;
    if (word == "oom_kill" && lines >> count) return count;
  }
  return 0;
}

runs::Shortage more_memory(const fs::path& run_folder, int had, int most) {
  const auto earlier = runs::shortages_of_run(run_folder).memory;
  if (most == 0) most = most_growth * (earlier ? std::min(earlier->had, had) : had);
  return {runs::Shortage::memory, had, std::max(had, std::min(had + had / 2, most))};
}

runs::Shortage more_time(const fs::path& run_folder, int had, int most) {
  const auto earlier = runs::shortages_of_run(run_folder).time;
  if (most == 0) most = most_growth * (earlier ? std::min(earlier->had, had) : had);
  return {runs::Shortage::time, had, std::max(had, std::min(2 * had, most))};
}

// Whether a checkpoint is newer than the beginning of the newest attempt.
bool has_new_checkpoint(const fs::path& run_folder) {
  std::error_code missing;
  const auto attempt = runs::newest_attempt(run_folder);
  const auto began = attempt ? fs::last_write_time(*attempt / "meta.json", missing) : fs::file_time_type::max();
  return std::any_of(fs::directory_iterator(run_folder / "ckpt", missing), fs::directory_iterator(),
                     [&](const auto& entry) { return entry.last_write_time(missing) > began; });
}

// Whether the newest attempt has had at least half of this time: one that began late in a packed element lacked none.
bool has_had_half_of(int minutes, const fs::path& run_folder) {
  std::error_code missing;
  const auto attempt = runs::newest_attempt(run_folder);
  const auto began = attempt ? fs::last_write_time(*attempt / "meta.json", missing) : fs::file_time_type::clock::now();
  return fs::file_time_type::clock::now() - began >= std::chrono::minutes(minutes) / 2;
}

// Whether the newest attempt was in this element, ended in it without a result, and has no record of a shortage yet.
bool ended_with_its_job(const fs::path& run_folder, const std::string& element) {
  const auto attempt = runs::newest_attempt(run_folder);
  if (!attempt || runs::text_at(runs::object_in(*attempt / "meta.json"), "slurm_job") != element) return false;
  const double code = runs::number_at(runs::object_in(*attempt / "exit.json"), "code").value_or(killed);
  return (code == killed || code == 75) && !runs::shortage_of(*attempt);
}

}  // namespace

JobGiven given_to_this_job(int seconds_to_save, int kills_before) {
  JobGiven given;
  given.kills = kills_for_lack_of_memory() - kills_before;
  given.seconds_to_save = seconds_to_save;
  given.memory_mib = number_in("SLURM_MEM_PER_NODE");
  if (given.memory_mib == 0) given.memory_mib = number_in("SLURM_MEM_PER_CPU") * number_in("SLURM_CPUS_ON_NODE");
  if (const auto element = own_slurm_element()) {
    const auto [limit, left] = Slurm().time_limit(*element);
    given.minutes = minutes_of(limit).value_or(0);
    given.minutes_left = minutes_of(left).value_or(given.minutes);
  }
  return given;
}

std::optional<runs::Shortage> shortage_behind(const executors::EndedAttempt& end, const fs::path& run_folder,
                                              const JobGiven& given, const MostGiven& most, int side_by_side) {
  using enum executors::AttemptEnding;
  if (end.ending == failed && end.code == killed && given.memory_mib > 0) {
    const bool lacked =
        given.kills > 0 || tells_of_lack_of_memory(runs::last_lines_of(run_folder / "log", lines_of_killer));
    if (lacked) return more_memory(run_folder, given.memory_mib / side_by_side, most.memory_mib);
  }
  const bool was_stopped = end.ending == saved || end.ending == interrupted;
  const bool is_at_limit = given.minutes > 0 && given.minutes_left <= given.seconds_to_save / 60 + slack_of_signal;
  if (was_stopped && is_at_limit && !end.made_progress && has_had_half_of(given.minutes, run_folder))
    return more_time(run_folder, given.minutes, most.minutes);
  return {};
}

std::optional<runs::Shortage> shortage_behind_state(const std::string& state, const fs::path& run_folder,
                                                    const JobGiven& given, const MostGiven& most, int side_by_side) {
  if (state == "OUT_OF_MEMORY" && given.memory_mib > 0)
    return more_memory(run_folder, given.memory_mib / side_by_side, most.memory_mib);
  if (state == "TIMEOUT" && given.minutes > 0 && !has_new_checkpoint(run_folder))
    return more_time(run_folder, given.minutes, most.minutes);
  return {};
}

MostGiven most_given(const SlurmProfile& profile, int ranks) {
  return {profile.limit_memory_mib * ((ranks + profile.nodes - 1) / profile.nodes),
          minutes_of(profile.limit_time).value_or(0)};
}

void record_shortages(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                      const SlurmSubmitter& submitter) {
  const std::map<std::string, Slurm::EndedElement> ended = submitter.slurm().ended_badly();
  if (ended.empty()) return;
  const fs::path sweep_folder = store.sweeps() / sweep.folder_name();
  std::map<std::string, int> ranks;  // of each run
  for (const grid::Cell& cell : sweep.cells) {
    for (const grid::Run& run : cell.runs) ranks[run.id] = cell.ranks();
  }
  for (const Submission& submission : submitter.journal().read()) {
    for (std::size_t i = 0; i < submission.elements.size(); ++i) {
      const auto end = ended.find(submission.element(i));
      if (submission.job.empty() || end == ended.end()) continue;
      const fs::path chunk = sweep_folder / submission.chunk;
      const int index = submission.first + static_cast<int>(i);
      const int side_by_side = read_element(chunk / "runs.jsonl", index).side_by_side;
      const JobGiven given{.memory_mib = end->second.memory_mib, .minutes = minutes_of(end->second.time).value_or(0)};
      // A Slurm that kills jobs for their memory without control groups says so in the element's log alone.
      const auto log = runs::last_lines_of(chunk / fmt::format("{}.log", index), lines_of_killer);
      const std::string state = tells_of_lack_of_memory(log) ? "OUT_OF_MEMORY" : end->second.state;
      for (const std::string& run : submission.elements[i]) {
        if (!ranks.contains(run) || !ended_with_its_job(store.folder(run), end->first)) continue;
        const auto shortage =
            shortage_behind_state(state, store.folder(run), given, most_given(profile, ranks[run]), side_by_side);
        if (shortage) runs::record_shortage(*runs::newest_attempt(store.folder(run)), *shortage);
      }
    }
  }
}

std::vector<std::string> options_against(const runs::Shortages& shortages) {
  std::vector<std::string> options;
  if (shortages.memory) options.push_back(fmt::format("--mem={}M", shortages.memory->next));
  if (shortages.time) options.push_back("--time=" + time_limit_of(shortages.time->next));
  return options;
}

bool tells_of_lack_of_memory(const std::vector<std::string>& lines) {
  constexpr std::array phrases{"out of memory",
                               "oom-kill",
                               "oom_kill",
                               "oom killed",
                               "exceeded memory limit",
                               "exceeded job memory limit",
                               "exceeded step memory limit"};
  return std::ranges::any_of(lines, [&](std::string line) {
    std::ranges::transform(line, line.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return std::ranges::any_of(phrases, [&](const char* phrase) { return line.find(phrase) != std::string::npos; });
  });
}

int kills_for_lack_of_memory(const fs::path& groups, const fs::path& root) {
  int most = 0;
  std::ifstream lines(groups);
  for (std::string line; std::getline(lines, line);) {  // "0::/path" or "7:memory:/path"
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controller = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (!controller.empty() && controller != "memory") continue;
    const std::size_t job = path.find("/job_");
    const auto levels = job == std::string::npos ? 0 : std::ranges::count(path.substr(job + 1), '/');
    fs::path group = root / controller / fs::path(path).relative_path();
    for (auto level = levels; level >= 0; --level, group = group.parent_path()) {
      most = std::max({most, kills_in(group / "memory.events"), kills_in(group / "memory.oom_control")});
    }
  }
  return most;
}

}  // namespace pbn::slurm
