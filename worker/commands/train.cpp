#include "worker/commands/commands.h"

#include "base/error.h"
#include "base/files.h"
#include "base/shared_folder.h"
#include "worker/checkpoints/checkpoint_folder.h"
#include "worker/training/metrics_log.h"
#include "worker/training/result.h"
#include "worker/training/run_lease.h"
#include "worker/training/start_up.h"
#include "worker/training/stop_request.h"
#include "worker/training/trainer.h"
#include "worker/watchdog/watchdog.h"
#include "worker/watchdog/watched_communicator.h"

namespace pbn::worker {
namespace {

std::string describe_start(const RunSetup& setup, const std::string& places, const ChosenDevice& device,
                           const Communicator& communicator) {
  std::string text = fmt::format("run {}: {} parameters, {} training and {} validation people, {} px\n",
                                 setup.id.substr(0, 12), config::count_parameters(setup.config.model),
                                 setup.train.size(), setup.validation.size(), setup.train.input_pixels());
  text += places;
  text += describe_stop_signals(setup.config.run.checkpoint_seconds) + "\n";
  return text + fmt::format("{}; sums by {}", device.reason, communicator.name());
}

// Called in the watchdog's thread.
void give_up(const std::string& report, const std::filesystem::path& folder) {
  end_stalled_job(report, [&] {
    try {
      append_json_line(folder / "metrics.jsonl", {{"kind", "warning"}, {"text", report}});
    } catch (const Error&) {  // the report has already been printed
    }
  });
}

// A run on all ranks, with its lease if it is not finished.
struct OpenedRun {
  OpenedRun(const WorkerOptions& options, const Ranks& ranks) : run(start_run(options.given, ranks)) {
    ranks.together([&] {
      if (ranks.rank() == 0) make_writable_folder(run.setup.folder);
      if (ranks.rank() == 0) require_publishing(run.setup.folder);
      finished = is_finished(run.setup);
    });
    require_same_facts(ranks, facts_of_run(run.setup, run.device()));
    if (finished) return;
    ranks.together([&] {
      if (ranks.rank() == 0) lease.emplace(run.setup.folder);
    });
    ranks.together([&] { finished = is_finished(run.setup); });  // by the worker whose lease this one waited for
  }

  StartedRun run;
  std::optional<RunLease> lease;  // only on rank 0
  bool finished = false;
};

// Lets every rank start with rank 0's weights or with the newest checkpoint.
void start_equally(Trainer& trainer, const Ranks& ranks, Communicator& communicator) {
  require_same_facts(ranks, facts_of_network(trainer.network()));
  communicator.broadcast(trainer.network().flat_parameters());
  communicator.broadcast(trainer.network().flat_buffers());
  ranks.together([&] { trainer.resume(); });
  require_same_facts(ranks, facts_of_weights(trainer.network()));
}

int train(const OpenedRun& opened, const Ranks& ranks, StartUpWatch& start_up) {
  const RunSetup& setup = opened.run.setup;
  const Device& device = opened.run.device();
  const auto gradients = device.communicator(ranks, setup.config.run.communicator);
  const auto statistics = device.communicator(ranks, setup.config.run.communicator);
  std::optional<ActivityBoard> activity;
  ranks.together([&] {
    if (opened.lease) remove_unfinished_files(setup.folder);
    activity.emplace(setup.folder, ranks.rank(), ranks.size());
  });
  const Watchdog watchdog(*activity, setup.config.run.watchdog,
                          [&](const std::string& report) { give_up(report, setup.folder); });
  start_up.end();
  if (opened.lease) StartUpWatch::remove_leftovers(setup.folder);
  WatchedCommunicator watched_gradients(*gradients, *activity), watched_statistics(*statistics, *activity);
  MetricsLog log(setup.folder, ranks.rank() == 0);
  log.start(describe_start(setup, describe_places(ranks, device), opened.run.chosen, *gradients));
  if (const std::string& warning = opened.run.chosen.warning; !warning.empty()) log.warning(warning);
  for (const std::string& sentence : setup.advice) log.warning(sentence);

  Trainer trainer(
      setup, {device, watched_gradients, watched_statistics, log, *activity, opened.lease ? &*opened.lease : nullptr});
  start_equally(trainer, ranks, *gradients);
  if (trainer.train() == TrainingEnd::stopped) {
    ranks.barrier();  // mpirun kills all ranks as soon as one exits with another code than 0
    return static_cast<int>(Blame::requeue);
  }
  const evaluation::Predictions predictions = trainer.predict_validation();
  activity->enter(RankPhase::writing_result);
  ranks.together([&] {
    if (opened.lease) opened.lease->require_held();
    if (ranks.rank() == 0) write_result(setup, trainer, predictions, device, ranks, *gradients);
  });
  return 0;
}

}  // namespace

int train_run(const WorkerOptions& options, const Ranks& ranks, StartUpWatch& start_up) {
  const OpenedRun opened(options, ranks);
  if (!opened.finished) return train(opened, ranks, start_up);
  const RunSetup& setup = opened.run.setup;
  if (ranks.rank() == 0) {
    fmt::print("run {} is finished: {}\n", setup.id.substr(0, 12), (setup.folder / "result.json").string());
  }
  return 0;
}

}  // namespace pbn::worker
