// pbn_worker: one process per device, started by mpirun, srun or alone.
#include <csignal>

#include "base/error.h"
#include "worker/communication/ranks.h"
#include "worker/predict_request.h"
#include "worker/scaling_run.h"
#include "worker/show_views.h"
#include "worker/test_run.h"
#include "worker/torch_settings.h"
#include "worker/train_run.h"
#include "worker/training/stop_request.h"
#include "worker/try_run.h"
#include "worker/watchdog/start_up_watch.h"

namespace pbn {
namespace {

int carry_out(const WorkerOptions& options, const Ranks& ranks, StartUpWatch& start_up) {
  if (!options.request.empty()) return predict_request(options, ranks);
  if (options.scaling_model) return scaling_run(options, ranks);
  if (options.try_steps > 0) return try_run(options, ranks);
  return options.only_test ? test_run(options, ranks) : train_run(options, ranks, start_up);
}

int work_on_this_rank(const WorkerOptions& options, int argc, char** argv) {
  StartUpWatch start_up(options);
  Ranks ranks(argc, argv);
  try {
    return carry_out(options, ranks, start_up);
  } catch (const SharedError& error) {
    const auto speak = [&]() -> int { throw error; };
    const int code = ranks.rank() == 0 ? run_and_report("pbn_worker", speak) : static_cast<int>(error.blame);
    ranks.barrier();  // mpirun ends all ranks as soon as one leaves with an exit code
    return code;
  } catch (...) {  // the other ranks cannot know
    const std::string speaker = fmt::format("pbn_worker: rank {} on {}", ranks.rank(), ranks.hosts()[ranks.rank()]);
    ranks.abort(run_and_report(speaker, []() -> int { throw; }));
  }
}

// Every rank reads the same command line: one of them complains.
std::optional<WorkerOptions> options_of_this_rank(int argc, char** argv) {
  try {
    return parse_worker_options(argc, argv);
  } catch (const Error& error) {
    if (job_before_mpi().rank == 0) throw;
    std::exit(static_cast<int>(error.blame));
  }
}

}  // namespace
}  // namespace pbn

int main(int argc, char** argv) {
  pbn::keep_large_blocks();
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the user's limit is an error to tell, like a full disk
  return pbn::run_and_report("pbn_worker", [&] {
    if (argc == 3 && std::string_view(argv[1]) == "--show") return pbn::show_views(argv[2]);
    const auto options = pbn::options_of_this_rank(argc, argv);
    if (!options) return 0;
    if (options->trains()) pbn::listen_for_stop_requests();  // the others have nothing to save
    return pbn::work_on_this_rank(*options, argc, argv);
  });
}
