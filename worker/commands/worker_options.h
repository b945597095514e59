// The command line of pbn_worker. Everything that config.json can say can be said here too, under the same names.
#pragma once

#include <filesystem>
#include <optional>

#include "worker/training/run_setup.h"

namespace pbn {

enum class WorkerCommand { train, test, try_steps, predict, show };

struct WorkerOptions {
  WorkerCommand command = WorkerCommand::train;
  GivenSettings given;
  int try_steps = 0;              // of the command try
  std::filesystem::path request;  // of the commands predict and show
};

// Empty when only help or the version was asked for, which is then printed, whatever else is said; works before MPI.
// Throws usage errors.
std::optional<WorkerOptions> parse_worker_options(int argc, char** argv);

}  // namespace pbn
