// pbn_worker: one process per device, started by mpirun, srun or alone.
#include "base/error.h"
#include "base/files.h"
#include "worker/communication/ranks.h"
#include "worker/device.h"
#include "worker/predict_request.h"
#include "worker/show_views.h"
#include "worker/test_run.h"
#include "worker/torch_settings.h"
#include "worker/training/metrics_log.h"
#include "worker/training/result.h"
#include "worker/training/stop_request.h"
#include "worker/training/trainer.h"
#include "worker/try_run.h"

namespace pbn {
namespace {

std::string describe_start(const RunSetup& setup, const Ranks& ranks, const ChosenDevice& device,
                           const Communicator& communicator) {
  std::string text = fmt::format("run {}: {} parameters, {} training and {} validation people, {} px\n",
                                 setup.id.substr(0, 12), count_parameters(setup.config.model), setup.train.size(),
                                 setup.validation.size(), setup.train.input_pixels());
  for (int rank = 0; rank < ranks.size(); ++rank) text += fmt::format("rank {} on {}\n", rank, ranks.hosts()[rank]);
  return text + fmt::format("{}; {}; sums by {}", device.device->describe(), device.reason, communicator.name());
}

int train(const WorkerOptions& options, const Ranks& ranks) {
  std::optional<ChosenDevice> device;
  std::optional<RunSetup> setup;
  bool finished = false;
  ranks.together([&] {
    device = choose_device(options.device(), ranks.local_rank());
    setup.emplace(set_up_run(options, ranks.size(), device->device->computes_bf16()));
    if (ranks.rank() == 0) make_writable_folder(setup->folder);
    finished = is_finished(*setup);
  });
  if (finished) {
    if (ranks.rank() == 0)
      fmt::print("run {} is finished: {}\n", setup->id.substr(0, 12), (setup->folder / "result.json").string());
    return 0;
  }
  prepare_torch(setup->config.run.threads);
  const auto gradients = device->device->communicator(ranks);
  const auto statistics = device->device->communicator(ranks);
  MetricsLog log(setup->folder, ranks.rank() == 0);
  log.start(describe_start(*setup, ranks, *device, *gradients));

  Trainer trainer(*setup, *device->device, *gradients, *statistics, log);
  ranks.together([&] { trainer.resume(); });
  if (trainer.train() == Ending::saved_for_later) {
    ranks.barrier();  // mpirun ends all ranks as soon as one leaves with an exit code
    return static_cast<int>(Blame::requeue);
  }
  const Predictions predictions = trainer.predict_validation();
  ranks.together([&] {
    if (ranks.rank() == 0) write_result(*setup, trainer, predictions, *device->device, ranks, *gradients);
  });
  return 0;
}

int carry_out(const WorkerOptions& options, const Ranks& ranks) {
  if (!options.request.empty()) return predict_request(options, ranks);
  if (options.try_steps > 0) return try_run(options, ranks);
  return options.only_test ? test_run(options, ranks) : train(options, ranks);
}

int work_on_this_rank(const WorkerOptions& options, int argc, char** argv) {
  Ranks ranks(argc, argv);
  try {
    return carry_out(options, ranks);
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
    if (rank_before_mpi() == 0) throw;
    std::exit(static_cast<int>(error.blame));
  }
}

}  // namespace
}  // namespace pbn

int main(int argc, char** argv) {
  pbn::keep_large_blocks();
  return pbn::run_and_report("pbn_worker", [&] {
    if (argc == 3 && std::string_view(argv[1]) == "--show") return pbn::show_views(argv[2]);
    const auto options = pbn::options_of_this_rank(argc, argv);
    if (!options) return 0;
    if (options->trains()) pbn::listen_for_stop_requests();  // the others have nothing to save
    return pbn::work_on_this_rank(*options, argc, argv);
  });
}
