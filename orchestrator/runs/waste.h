// Where the time of runs went: how long they held processors or GPUs, and how much of it was of no use. It follows from
// the files of the store: the attempts, what workers report, and when runs were handed to Slurm.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::runs {

// Hours of processor cores (ranks x threads), or of GPUs (ranks). A run on GPUs counts them alone.
struct DeviceHours {
  double cores = 0, gpus = 0;
};

// Hours of the runs of a cell or a sweep. What is not known is absent.
struct Waste {
  int attempts = 0, lost_attempts = 0;

  // Of all attempts. One that was killed counts up to its last heartbeat.
  std::optional<DeviceHours> used;

  // Of attempts that failed, were killed, or were stopped before they could save themselves. It is an upper bound,
  // since the next attempt may have continued from a checkpoint of this one.
  std::optional<DeviceHours> lost;

  // As workers report it in metrics.jsonl: seconds_waiting_for_data, _for_ranks and _for_checkpoints. Of workers of
  // earlier versions the longest wait of each epoch for a checkpoint, checkpoint_stall_ms.
  std::optional<DeviceHours> for_data, for_ranks, for_checkpoints;

  // Of a sweep: what a process of pbn, which made several attempts, had used at the same time before or after, but not
  // now, because no run was left or none fitted.
  std::optional<DeviceHours> idle;

  // Hours from submission, or from the end of an attempt that was requeued, to the begin of the next.
  std::optional<double> in_queue;
};

struct SweepWaste {
  std::vector<Waste> cells;
  Waste all;
};

// When runs (64 digits) were handed to Slurm, in UTC: 2026-01-31T23:59:59Z.
using SubmitTimes = std::multimap<std::string, std::string>;

// What the results of runs (64 digits) name as their device; "" if they name none.
using Devices = std::map<std::string, std::string>;

// Reads all attempts and metrics.jsonl of the runs, on several threads, and the results of those that are not `known`.
SweepWaste waste_of(const RunStore& store, const SweepRuns& sweep, const SubmitTimes& submitted = {},
                    const Devices& known = {});

// {"attempts", "lost_attempts", "used": {"core_hours", "gpu_hours"}, "lost", "waiting_for_data", "waiting_for_ranks",
// "waiting_for_checkpoints", "idle", "hours_in_queue"} without unknown entries.
Json to_json(const Waste& waste);

}  // namespace pbn::runs
