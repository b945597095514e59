// The command line of pbn_worker. Every key of config.json is also an option with the same name.
#pragma once

#include <filesystem>
#include <optional>

#include "worker/training/run_setup.h"

namespace pbn::worker {

enum class WorkerCommand { train, test, try_steps, predict, show };

struct WorkerOptions {
  WorkerCommand command = WorkerCommand::train;
  GivenSettings given;
  int try_steps = 0;              // for the command try
  std::filesystem::path request;  // for the commands predict and show
};

// Empty after it has printed the help or the version, if one of them is requested. Works before MPI has started. Throws
// usage errors.
std::optional<WorkerOptions> parse_worker_options(int argc, char** argv);

}  // namespace pbn::worker
