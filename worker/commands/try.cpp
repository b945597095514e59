#include "worker/commands/commands.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "worker/training/epoch_batches.h"
#include "worker/training/start_up.h"
#include "worker/training/step_times.h"
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

double mib(double bytes) { return std::round(bytes / (1 << 20)); }

// The largest value of all ranks, found by a sum in which each rank has an element of its own.
double largest(double value, Communicator& ranks) {
  const at::Tensor all = at::zeros({ranks.size()}, at::kDouble);
  all[ranks.rank()] = value;
  ranks.sum(all);
  return all.max().item<double>();
}

// In the first step memory is allocated and libraries choose algorithms. A GPU records the fourth (TrainingStep::take).
int steps_before_measuring(const Device& device) { return device.torch().is_cuda() ? 4 : 1; }

int steps_to_take(int wanted, const Device& device) {
  if (wanted > 0) return wanted;
  return device.torch().is_cuda() ? 12 : 2;
}

StepTimes take_steps(int count, const StartedRun& run, const Ranks& ranks) {
  const config::RunConfig& config = run.setup.config;
  const config::Training& train = config.train;
  const Device& device = run.device();
  const auto gradients = device.communicator(ranks, config.run.communicator);
  const auto statistics = device.communicator(ranks, config.run.communicator);
  TrainingStep step(config, device, *gradients, *statistics);
  const auto people = people_of_steps(run.setup, count);
  const auto batches = global_batches(people, train.global_batch);
  data::BatchLoader loader(run.setup.train, data::Viewing{train.augment, config.seed, 1, false}, 1,
                           micro_batches_from(0, batches, *gradients, train.accumulate), config.run.loader_threads);
  std::vector<data::Batch> share;
  const auto finish = [&] {
    step.finish();
    device.synchronise();  // the update of the weights, too
  };
  const StepParts parts{.load = [&] { share = next_batches(loader, train.accumulate); },
                        .meet = [&] { ranks.barrier(); },
                        .take = [&] { step.take(share, train.global_batch, train.learning_rate); },
                        .finish = finish};
  const Stopwatch clock;
  return measure_steps(count, steps_before_measuring(device), parts, [&] { return clock.seconds(); });
}

}  // namespace

int try_run(const WorkerOptions& options, const Ranks& ranks) {
  const StartedRun run = start_run(options.given, ranks);
  warn_of_unused_gpu(run.chosen, ranks);
  const config::RunConfig& config = run.setup.config;
  const Device& device = run.device();
  const int steps = steps_to_take(options.try_steps, device);
  const StepTimes times = take_steps(steps, run, ranks);
  const auto measured = static_cast<double>(times.seconds.size());
  const auto host = ranks.host_communicator();
  const double seconds = largest(times.median(), *host);
  const double waiting = largest(times.waiting_for_data / measured, *host);
  const double peak = largest(static_cast<double>(device.memory().peak), *host);
  if (ranks.rank() != 0) return 0;
  const auto multiply_adds =
      static_cast<double>(config::count_multiply_adds(config.model, run.setup.train.input_pixels()));
  const Json report = {{"images_per_second", config.train.global_batch / seconds},
                       {"seconds_per_step", seconds},
                       {"seconds_waiting_for_data", waiting},
                       {"measured_steps", times.seconds.size()},
                       {"peak_memory_mib", mib(peak)},
                       {"parameters", config::count_parameters(config.model)},
                       {"gflop_per_image", 2e-9 * multiply_adds},
                       {"ranks", ranks.size()},
                       {"steps", steps},
                       {"host", ranks.hosts().front()},
                       {"device", device.describe()}};
  fmt::print("{}\n", canonical(report));
  return 0;
}

}  // namespace pbn::worker
