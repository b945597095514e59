// More memory or time for a run that lacked it. A job's limits cannot be raised while it is there, so that the run is
// submitted again: with half as much memory again after it was killed for lack of memory, with twice the time after it
// ran out of time without a new checkpoint, until the limits of the profile, or four times what it had at first.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/executors/attempt_list.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/runs/shortage.h"
#include "orchestrator/slurm/profile.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn::slurm {

// What a job has; 0: unknown.
struct JobGiven {
  int memory_mib = 0;    // on a node
  int minutes = 0;       // its time limit
  int minutes_left = 0;  // until then
  int seconds_to_save = 0;
  int kills = 0;  // of processes for lack of memory, since pbn work began
};

// Of the job that this process is in: from its variables, and with one question to Slurm. `kills_before` are those of
// kills_for_lack_of_memory() when pbn work began.
JobGiven given_to_this_job(int seconds_to_save, int kills_before);

// The most that a run's job may get; 0: four times what it had at first.
struct MostGiven {
  int memory_mib = 0;  // on a node
  int minutes = 0;
};

// The shortage that ended the newest attempt at a run, nothing if there was none or if more would not help.
// `side_by_side` runs shared the job's memory.
std::optional<runs::Shortage> shortage_behind(const executors::EndedAttempt& end,
                                              const std::filesystem::path& run_folder, const JobGiven& given,
                                              const MostGiven& most, int side_by_side);

// The same where Slurm ended the whole job, with this state ("OUT_OF_MEMORY", "TIMEOUT").
std::optional<runs::Shortage> shortage_behind_state(const std::string& state, const std::filesystem::path& run_folder,
                                                    const JobGiven& given, const MostGiven& most, int side_by_side);

// The limits of the profile for a job of a run with so many ranks.
MostGiven most_given(const SlurmProfile& profile, int ranks);

// Records the shortages of a sweep's runs whose jobs Slurm has ended since, with all processes in them.
void record_shortages(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                      const SlurmSubmitter& submitter);

// The options of sbatch that give a run what its attempts lacked; none if they lacked nothing.
std::vector<std::string> options_against(const runs::Shortages& shortages);

// Whether the lines of a worker or its launcher report a process that was killed for lack of memory.
bool tells_of_lack_of_memory(const std::vector<std::string>& lines);

// The processes that the kernel has killed for lack of memory in this process's control group and those around it that
// belong to its job. `groups` is in the form of /proc/self/cgroup.
int kills_for_lack_of_memory(const std::filesystem::path& groups = "/proc/self/cgroup",
                             const std::filesystem::path& root = "/sys/fs/cgroup");

}  // namespace pbn::slurm
