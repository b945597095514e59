#include "worker/commands/commands.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/error.h"
#include "worker/training/start_up.h"
#include "worker/training/training_step.h"

namespace pbn {
namespace {

using Clock = std::chrono::steady_clock;

// This rank's micro-batches of the first steps, one step after the other. A small training set is gone through again.
std::vector<std::vector<std::int64_t>> first_shares(const RunSetup& setup, const Ranks& ranks, int steps) {
  const auto order = epoch_order(setup.train.size(), setup.config.seed, 1);
  const int batch = setup.config.train.global_batch, accumulate = setup.config.train.accumulate;
  std::vector<std::vector<std::int64_t>> shares;
  for (int step = 0; step < steps; ++step) {
    std::vector<std::int64_t> people;
    for (int i = 0; i < batch; ++i) people.push_back(order[static_cast<std::size_t>(step * batch + i) % order.size()]);
    for (int i = 0; i < accumulate; ++i) {
      const auto share = share_of_rank(people, ranks.rank() * accumulate + i, ranks.size() * accumulate);
      shares.emplace_back(share.begin(), share.end());
    }
  }
  return shares;
}

double mib(std::int64_t bytes) { return std::round(static_cast<double>(bytes) / (1 << 20)); }

// Of the rank that needed most. Ranks are summed, so each puts its own at a place of its own.
std::int64_t largest_peak(const Device& device, Communicator& ranks) {
  const at::Tensor all = at::zeros({ranks.size()}, at::kDouble);
  all[ranks.rank()] = static_cast<double>(device.memory().peak);
  ranks.sum(all);
  return static_cast<std::int64_t>(all.max().item<double>());
}

}  // namespace

int try_run(const WorkerOptions& options, const Ranks& ranks) {
  const StartedRun run = start_run(options.given, ranks);
  const RunConfig& config = run.setup.config;
  const Device& device = run.device();
  const auto gradients = device.communicator(ranks, config.run.communicator);
  const auto statistics = device.communicator(ranks, config.run.communicator);
  TrainingStep step(config, device, *gradients, *statistics);
  BatchLoader loader(run.setup.train, Viewing{config.train.augment, config.seed, 1, false}, 1,
                     first_shares(run.setup, ranks, options.try_steps), config.run.loader_threads);
  double seconds = 0;
  for (int i = 0; i < options.try_steps; ++i) {
    const auto start = Clock::now();
    std::vector<Batch> share;
    for (int k = 0; k < config.train.accumulate; ++k) share.push_back(std::move(*loader.next()));
    step.take(share, config.train.global_batch, config.train.learning_rate);
    ranks.barrier();
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  const auto host = ranks.host_communicator();
  const std::int64_t peak = largest_peak(device, *host);
  if (ranks.rank() != 0) return 0;
  const auto multiply_adds = static_cast<double>(count_multiply_adds(config.model, run.setup.train.input_pixels()));
  const Json report = {{"images_per_second", config.train.global_batch / seconds},
                       {"peak_memory_mib", mib(peak)},
                       {"parameters", count_parameters(config.model)},
                       {"gflop_per_image", 2e-9 * multiply_adds},
                       {"ranks", ranks.size()},
                       {"steps", options.try_steps},
                       {"host", ranks.hosts().front()},
                       {"device", device.describe()}};
  fmt::print("{}\n", canonical(report));
  return 0;
}

}  // namespace pbn
