#include "worker/commands/commands.h"

#include <ATen/ATen.h>

#include <cmath>

#include "base/error.h"
#include "base/time.h"
#include "worker/training/epoch_batches.h"
#include "worker/training/start_up.h"
#include "worker/training/training_step.h"

namespace pbn::worker {
namespace {

// The people of the first steps. A small training set is repeated.
std::vector<std::int64_t> people_of_steps(const RunSetup& setup, int steps) {
  const auto order = data::epoch_order(setup.train.size(), setup.config.seed, 1);
  std::vector<std::int64_t> people(static_cast<std::size_t>(steps) *
                                   static_cast<std::size_t>(setup.config.train.global_batch));
  for (std::size_t i = 0; i < people.size(); ++i) people[i] = order[i % order.size()];
  return people;
}

double mib(std::int64_t bytes) { return std::round(static_cast<double>(bytes) / (1 << 20)); }

// The largest peak of all ranks, found by a sum in which each rank has an element of its own.
std::int64_t largest_peak(const Device& device, Communicator& ranks) {
  const at::Tensor all = at::zeros({ranks.size()}, at::kDouble);
  all[ranks.rank()] = static_cast<double>(device.memory().peak);
  ranks.sum(all);
  return static_cast<std::int64_t>(all.max().item<double>());
}

}  // namespace

int try_run(const WorkerOptions& options, const Ranks& ranks) {
  const StartedRun run = start_run(options.given, ranks);
  const config::RunConfig& config = run.setup.config;
  const Device& device = run.device();
  const auto gradients = device.communicator(ranks, config.run.communicator);
  const auto statistics = device.communicator(ranks, config.run.communicator);
  TrainingStep step(config, device, *gradients, *statistics);
  const auto people = people_of_steps(run.setup, options.try_steps);
  const auto batches = global_batches(people, config.train.global_batch);
  data::BatchLoader loader(run.setup.train, data::Viewing{config.train.augment, config.seed, 1, false}, 1,
                           micro_batches_from(0, batches, *gradients, config.train.accumulate),
                           config.run.loader_threads);
  double seconds = 0;
  for (int i = 0; i < options.try_steps; ++i) {
    const Stopwatch stopwatch;
    step.take(next_batches(loader, config.train.accumulate), config.train.global_batch, config.train.learning_rate);
    ranks.barrier();
    seconds = stopwatch.seconds();
  }
  const auto host = ranks.host_communicator();
  const std::int64_t peak = largest_peak(device, *host);
  if (ranks.rank() != 0) return 0;
  const auto multiply_adds =
      static_cast<double>(config::count_multiply_adds(config.model, run.setup.train.input_pixels()));
  const Json report = {{"images_per_second", config.train.global_batch / seconds},
                       {"peak_memory_mib", mib(peak)},
                       {"parameters", config::count_parameters(config.model)},
                       {"gflop_per_image", 2e-9 * multiply_adds},
                       {"ranks", ranks.size()},
                       {"steps", options.try_steps},
                       {"host", ranks.hosts().front()},
                       {"device", device.describe()}};
  fmt::print("{}\n", canonical(report));
  return 0;
}

}  // namespace pbn::worker
