// The command line of pbn_worker. Every key of config.json is also an option with the same name.
#pragma once

#include <filesystem>
#include <optional>

#include "worker/training/run_setup.h"

namespace pbn::worker {

enum class WorkerCommand { train, test, try_steps, self_test, predict, show, onnx, manual };

struct WorkerOptions {
  WorkerCommand command = WorkerCommand::train;
  GivenSettings given;
  int try_steps = 0;              // for the command try; 0: as many as suit the device
  std::filesystem::path request;  // for the commands predict, show and onnx
  bool quick = false;             // for the command self-test: small shapes alone
  int people = 0;                 // for the command self-test; 0: as many as suit the device
  bool as_json = false;           // for the command self-test
};

// Empty after it has printed the help, the version or the manual page, if one of them is requested. Works before MPI
// has started. Throws usage errors.
std::optional<WorkerOptions> parse_worker_options(int argc, char** argv);

}  // namespace pbn::worker
