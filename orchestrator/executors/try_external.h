// A trial of an external worker: starts a run of a cell in a temporary folder, follows the progress that the worker
// reports (docs/external-worker.md), and stops it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "orchestrator/executors/container.h"
#include "orchestrator/grid/sweep.h"

namespace pbn::executors {

struct Trial {
  std::optional<double> seconds;  // of a whole run: measured if it ended, else from the speed of its progress
  std::optional<double> images_per_second;
  double peak_memory_mib = 0;  // of the worker's largest process; 0: unknown
  std::string failure;         // empty: the worker works
};

struct TrialOptions {
  int reports = 2;                    // of progress, after the first
  std::chrono::seconds patience{60};  // without any report
  std::filesystem::path programs{};   // of the store, absolute (runs/program_copy.h)
  std::optional<Container> container{};
};

// Makes `run_folder` (absolute). The trial ends with the worker, after so many reports, when there is no report for
// so long, or when this process is asked to stop.
Trial try_external(const grid::Cell& cell, const std::filesystem::path& run_folder, const TrialOptions& options);

}  // namespace pbn::executors
