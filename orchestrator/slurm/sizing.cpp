#include "orchestrator/slurm/sizing.h"

#include <algorithm>

#include "base/error.h"
#include "orchestrator/costs/measurements.h"
#include "orchestrator/runs/shortage.h"
#include "orchestrator/slurm/job_size.h"

namespace pbn::slurm {
namespace {

constexpr double margin_of_time = 1.5, margin_of_scaled_time = 2, minutes_around = 5;
constexpr double margin_of_memory = 1.25, margin_of_scaled_memory = 1.5, mib_around = 256;
constexpr int host_memory_with_gpu = 8 * 1024;  // MiB, for CUDA's context, its libraries and the loader

int cut(int amount, int limit) { return limit > 0 ? std::min(amount, limit) : amount; }

int limit_minutes(const SlurmProfile& profile) { return minutes_of(profile.limit_time).value_or(0); }

int ranks_of_node(const SlurmProfile& profile, int ranks) { return (ranks + profile.nodes - 1) / profile.nodes; }

}  // namespace

Sizing::Sizing(const SlurmProfile& profile, const grid::Sweep& sweep, const runs::RunStore& store)
    : profile_(profile), store_(store) {
  if (!profile.auto_time && !profile.auto_memory) return;
  estimate_.emplace(
      costs::find_measurements(store, sweep, [&](const grid::Run& run) { return store.has_result(run.id); }));
}

int Sizing::minutes_for(const grid::Cell& cell) const {
  const int limit = limit_minutes(profile_);
  const costs::Estimate estimate = (*estimate_)(cell);
  if (!estimate.seconds && limit > 0) return limit;
  if (!estimate.seconds) {
    throw usage_error("time: auto", "pbn try GRID measures it; or write limits: {time: 12:00:00} into the profile",
                      "nothing is known about the time of {}", cell.label);
  }
  const double margin = estimate.is_scaled ? margin_of_scaled_time : margin_of_time;
  return cut(rounded_minutes(margin * *estimate.seconds / 60 + minutes_around + profile_.seconds_to_save / 60.0),
             limit);
}

int Sizing::memory_for(const grid::Cell& cell) const {
  if (profile_.gpus > 0) return cut(host_memory_with_gpu, profile_.limit_memory_mib);
  const costs::Estimate estimate = (*estimate_)(cell);
  if (!estimate.peak_memory_mib && profile_.limit_memory_mib > 0) return profile_.limit_memory_mib;
  if (!estimate.peak_memory_mib) {
    throw usage_error("memory: auto", "pbn try GRID measures it; or write limits: {memory: 16G} into the profile",
                      "nothing is known about the memory of {}", cell.label);
  }
  const double margin = estimate.is_scaled ? margin_of_scaled_memory : margin_of_memory;
  return cut(rounded_mib(margin * *estimate.peak_memory_mib + mib_around), profile_.limit_memory_mib);
}

JobNeed Sizing::of(const grid::Cell& cell, const grid::Run& run) const {
  JobNeed need;
  if (profile_.auto_time) need.minutes = minutes_for(cell);
  if (profile_.auto_memory) need.memory_mib = memory_for(cell);
  if (!store_) return need;
  const auto [memory, time] = runs::shortages_of_run(store_->folder(run.id));
  if (time && time->next > std::max(need.minutes, minutes_of(profile_.time).value_or(0))) {
    need.minutes = time->next;
    need.is_raised = true;
  }
  if (memory) {
    const int ranks = ranks_of_node(profile_, cell.ranks()), of_rank = (memory->next + ranks - 1) / ranks;
    if (of_rank > std::max(need.memory_mib, profile_.memory_mib)) {
      need.memory_mib = of_rank;
      need.is_raised = true;
    }
  }
  return need;
}

SlurmProfile Sizing::widest(const grid::Sweep& sweep) const {
  SlurmProfile profile = profile_;
  if (profile.auto_time) profile.time = profile.limit_time;
  if (!profile.auto_memory) return profile;
  for (const grid::Cell& cell : sweep.cells) profile.memory_mib = std::max(profile.memory_mib, memory_for(cell));
  return profile;
}

SlurmProfile sized(SlurmProfile profile, const JobNeed& need, int turns) {
  if (need.minutes > 0) {
    const int minutes = turns > 1 ? rounded_minutes(static_cast<double>(need.minutes) * turns) : need.minutes;
    profile.time = time_limit_of(need.is_raised ? minutes : cut(minutes, limit_minutes(profile)));
  }
  if (need.memory_mib > 0) profile.memory_mib = need.memory_mib;
  return profile;
}

}  // namespace pbn::slurm
