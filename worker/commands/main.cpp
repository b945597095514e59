// pbn_worker: one process per device, started by mpirun or srun, or alone.
#include <sys/prctl.h>

#include <csignal>

#include "base/error.h"
#include "worker/commands/commands.h"
#include "worker/communication/ranks.h"
#include "worker/device/torch_settings.h"
#include "worker/training/stop_request.h"
#include "worker/watchdog/start_up_watch.h"

namespace pbn::worker {
namespace {

int run_command(const WorkerOptions& options, const Ranks& ranks, StartUpWatch& start_up) {
  switch (options.command) {
    case WorkerCommand::predict:
      return predict_request(options, ranks);
    case WorkerCommand::try_steps:
      return try_run(options, ranks);
    case WorkerCommand::self_test:
      return self_test(options, ranks);
    case WorkerCommand::test:
      return test_run(options, ranks);
    default:
      return train_run(options, ranks, start_up);
  }
}

int run_on_this_rank(const WorkerOptions& options, int argc, char** argv) {
  StartUpWatch start_up = options.command == WorkerCommand::train
                              ? StartUpWatch(options.given.folder, at_path(options.given.values, "run.watchdog"))
                              : StartUpWatch();
  Ranks ranks(argc, argv);
  try {
    return run_command(options, ranks, start_up);
  } catch (const SharedError& error) {
    const auto rethrow = [&]() -> int { throw error; };
    const int code = ranks.rank() == 0 ? run_and_report("pbn_worker", rethrow) : static_cast<int>(error.blame);
    ranks.barrier();  // mpirun kills all ranks as soon as one exits with another code than 0
    return code;
  } catch (...) {  // an error of this rank alone
    const std::string place = fmt::format("pbn_worker: rank {} on {}", ranks.rank(), ranks.hosts()[ranks.rank()]);
    ranks.abort(run_and_report(place, []() -> int { throw; }));
  }
}

// All ranks have the same command line: only rank 0 reports its errors.
std::optional<WorkerOptions> options_of_this_rank(int argc, char** argv) {
  try {
    return parse_worker_options(argc, argv);
  } catch (const Error& error) {
    if (job_before_mpi().rank == 0) throw;
    std::exit(static_cast<int>(error.blame));
  }
}

}  // namespace
}  // namespace pbn::worker

int main(int argc, char** argv) {
  ::prctl(PR_SET_NAME, "pbn_worker");  // for ps and top, which would show the loader that has started it
  pbn::worker::keep_large_blocks();
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond RLIMIT_FSIZE is an error, like a full disk
  return pbn::run_and_report("pbn_worker", [&] {
    const auto options = pbn::worker::options_of_this_rank(argc, argv);
    if (!options) return 0;
    if (options->command == pbn::worker::WorkerCommand::show) return pbn::worker::show_views(options->request);
    if (options->command == pbn::worker::WorkerCommand::onnx) return pbn::worker::write_onnx_file(options->request);
    if (options->command == pbn::worker::WorkerCommand::train) pbn::worker::listen_for_stop_requests();
    return pbn::worker::run_on_this_rank(*options, argc, argv);
  });
}
