#include "worker/scaling_run.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "base/table.h"
#include "worker/scaling_model.h"
#include "worker/start_up.h"
#include "worker/training/training_step.h"

namespace pbn {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_of_slowest(const Ranks& ranks, const std::function<void()>& action) {
  ranks.barrier();
  const auto start = Clock::now();
  action();
  const double mine = std::chrono::duration<double>(Clock::now() - start).count();
  double slowest = 0;
  for (const std::string& text : ranks.gather(fmt::format("{}", mine))) slowest = std::max(slowest, std::stod(text));
  return slowest;
}

// The medians of so many times of each action, in turn: a machine that grows slower does so for all of them. The first
// round, which finds nothing warm, is not counted.
std::vector<double> measure_in_turn(const Ranks& ranks, int rounds, const std::vector<std::function<void()>>& actions) {
  std::vector<std::vector<double>> seconds(actions.size());
  for (int round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const double took = seconds_of_slowest(ranks, actions[i]);
      if (round > 0) seconds[i].push_back(took);
    }
  }
  std::vector<double> medians;
  for (auto& times : seconds) {
    std::sort(times.begin(), times.end());
    medians.push_back(times[times.size() / 2]);
  }
  return medians;
}

// This rank's share of the first global batch.
Batch first_share(const RunSetup& setup, const Ranks& ranks) {
  const auto order = epoch_order(setup.train.size(), setup.config.seed, 1);
  const auto people = std::span(order).first(static_cast<std::size_t>(setup.config.train.global_batch));
  const auto mine = share_of_rank(people, ranks.rank(), ranks.size());
  const Viewing viewing{setup.config.train.augment, setup.config.seed, 1, false};
  BatchLoader loader(setup.train, viewing, 1, {{mine.begin(), mine.end()}}, setup.config.run.loader_threads);
  return std::move(*loader.next());
}

// The link between these ranks that explains the sums of a small and of a large tensor.
Cluster fitted_cluster(const Ranks& ranks, Communicator& communicator, const Device& device) {
  constexpr std::int64_t small = 1 << 10, large = 1 << 22;
  const at::Tensor tensor = communicator.zeros(large, at::dtype(at::kFloat).device(device.torch()));
  const auto sum_of = [&](std::int64_t elements) {
    return [&, elements] { communicator.sum(tensor.narrow(0, 0, elements)); };
  };
  const std::vector<double> seconds = measure_in_turn(ranks, 25, {sum_of(small), sum_of(large)});
  const double of_small = seconds[0], of_large = seconds[1];
  const int p = ranks.size();
  const double bandwidth = 2.0 * (p - 1) / p * 4 * (large - small) / std::max(of_large - of_small, 1e-9);
  const double latency = std::max(0.0, of_small / (2 * (p - 1)) - 4.0 * small / (p * bandwidth));
  return {"these ranks", p, {latency, bandwidth}, {latency, bandwidth}};
}

struct Measured {
  double alone = 0, together = 0, update = 0;  // seconds
  std::vector<double> buckets;                 // bytes
};

Measured measure_steps(const RunSetup& setup, const Ranks& ranks, const Device& device) {
  const Batch share = first_share(setup, ranks);
  const std::string& wanted = setup.config.run.communicator;
  const auto gradients = device.communicator(ranks, wanted), statistics = device.communicator(ranks, wanted);
  const auto own_gradients = alone(), own_statistics = alone();
  TrainingStep together(setup.config, device, *gradients, *statistics);
  TrainingStep apart(setup.config, device, *own_gradients, *own_statistics);
  const auto step_of = [&](TrainingStep& step, std::size_t people) {
    return [&, people] {
      step.compute_gradient(share, static_cast<std::int64_t>(people));
      step.update(1e-6);
    };
  };
  const auto all = static_cast<std::size_t>(setup.config.train.global_batch);
  const std::vector<double> seconds = measure_in_turn(
      ranks, 9, {step_of(apart, share.people.size()), step_of(together, all), [&] { apart.update(1e-6); }});
  return {seconds[0], seconds[1], seconds[2], together.bucket_bytes()};
}

// By operations backward is two thirds of a step.
StepTimes step_on_device(double seconds, const Measured& measured) {
  const double update = seconds * measured.update / measured.alone;
  return {(seconds - update) / 3, (seconds - update) * 2 / 3, update, measured.buckets};
}

// Where the processors that compute also make the sums, backward covers none of them.
StepTimes step_without_cover(const Measured& measured) {
  return {measured.alone - measured.update, 0, measured.update, measured.buckets};
}

void print_check(const Ranks& ranks, const Measured& measured, const Cluster& here) {
  const double predicted = efficiency(step_without_cover(measured), ranks.size(), here);
  fmt::print("a step of one rank takes {:.1f} ms by itself, {:.1f} ms with {} ranks together\n", 1e3 * measured.alone,
             1e3 * measured.together, ranks.size());
  fmt::print("sums of these ranks: latency {:.1f} us, {:.2f} GB/s\n", 1e6 * here.inside.latency,
             1e-9 * here.inside.bandwidth);
  fmt::print("efficiency of these {} ranks: the model says {:.3f}, measured {:.3f}\n", ranks.size(), predicted,
             measured.alone / measured.together);
}

void print_predictions(double seconds, const Measured& measured) {
  constexpr int sizes[] = {8, 16, 32, 64, 128, 256, 512};
  Table table{{"efficiency at GPUs"}, {}};
  for (const int size : sizes) table.columns.push_back(std::to_string(size));
  for (const Cluster& cluster : known_clusters()) {
    auto& row = table.rows.emplace_back(std::vector{cluster.name});
    for (const int size : sizes) {
      row.push_back(fmt::format("{:.3f}", efficiency(step_on_device(seconds, measured), size, cluster)));
    }
  }
  double bytes = 0;
  for (const double bucket : measured.buckets) bytes += bucket;
  fmt::print("\na step of {:.1f} ms on one device, {:.1f} MB of gradient in {} buckets:\n{}", 1e3 * seconds,
             1e-6 * bytes, measured.buckets.size(), table.to_text());
}

}  // namespace

int scaling_run(const WorkerOptions& options, const Ranks& ranks) {
  const StartedRun run = start_run(options, ranks);
  const Measured measured = measure_steps(run.setup, ranks, run.device());
  if (ranks.size() > 1) {
    const auto communicator = run.device().communicator(ranks, run.setup.config.run.communicator);
    const Cluster here = fitted_cluster(ranks, *communicator, run.device());
    if (ranks.rank() == 0) print_check(ranks, measured, here);
  }
  const double seconds = options.step_ms > 0 ? 1e-3 * options.step_ms : measured.alone;
  if (ranks.rank() == 0) print_predictions(seconds, measured);
  return 0;
}

}  // namespace pbn
