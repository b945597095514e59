#include "worker/training/training_step.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "model/heat_maps.h"

namespace pbn {
namespace {

// Batches of the loader become tensors without a copy; they must outlive them.
at::Tensor view_of(std::span<const std::uint8_t> values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<std::uint8_t*>(values.data()), shape, at::kByte);
}

at::Tensor view_of(const std::vector<float>& values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

std::int64_t people_in(const Batch& batch) { return static_cast<std::int64_t>(batch.people.size()); }

Targets targets_of(const Batch& batch, const at::Tensor& tasks, const at::Tensor& maps, double sigma) {
  const std::int64_t people = people_in(batch);
  const std::int64_t parts = static_cast<std::int64_t>(batch.labelled.size()) / people;
  const auto joints = view_of(batch.joints, {people, parts, 2}).index_select(1, tasks);
  const auto labelled = view_of(batch.labelled, {people, parts}).index_select(1, tasks);
  return make_targets(joints.to(maps.device(), maps.scalar_type()), labelled.to(maps.device()),
                      static_cast<int>(maps.size(-1)), sigma);
}

SumOverRanks sum_by(Communicator& statistics) {
  if (statistics.size() == 1) return {};
  return [&statistics](at::Tensor& sums) { statistics.sum(sums); };
}

// Running statistics that every micro-batch moves from the same place, and that end at the mean of these moves.
class MeanOfStatistics {
 public:
  MeanOfStatistics(const at::Tensor& statistics, std::size_t batches)
      : statistics_(statistics), batches_(static_cast<double>(batches)) {
    if (batches < 2) return;
    before_ = statistics.clone();
    sum_ = at::zeros_like(statistics, at::kDouble);
  }

  void add() {
    if (!sum_.defined()) return;
    sum_.add_(statistics_);
    statistics_.copy_(before_);
  }
  void finish() {
    if (sum_.defined()) statistics_.copy_(sum_ / batches_);
  }

 private:
  at::Tensor statistics_, before_, sum_;
  double batches_;
};

NetworkOptions network_options(const RunConfig& config, const Device& device, Communicator& gradients,
                               Communicator& statistics) {
  const at::ScalarType type = config.train.precision == Precision::fp64 ? at::kDouble : at::kFloat;
  return {.precision = config.train.precision,
          .seed = config.seed,
          .device = device.torch(),
          .gradients = gradients.zeros(count_parameters(config.model), at::dtype(type).device(device.torch())),
          .sum_over_ranks = sum_by(statistics)};
}

}  // namespace

TrainingStep::TrainingStep(const RunConfig& config, const Device& device, Communicator& gradients,
                           Communicator& statistics)
    : sigma_(config.train.sigma),
      tasks_(at::tensor(skeleton_named(config.tasks.name).indices_of(config.tasks.parts), at::kLong)),
      device_(device.torch()),
      ranks_(gradients),
      network_(config.model, network_options(config, device, gradients, statistics)),
      buckets_(network_, gradients, static_cast<std::int64_t>(config.run.bucket_mib * (1 << 20))),
      optimiser_(network_.flat_parameters(), config.train.rmsprop_decay, config.train.rmsprop_epsilon) {
  if (config.train.average > 0) average_.emplace(network_, config.train.average);
}

StepReport TrainingStep::compute_gradient(std::span<const Batch> micro_batches, std::int64_t global_people,
                                          int request) {
  const auto has_people = [](const Batch& batch) { return people_in(batch) > 0; };
  buckets_.begin(static_cast<int>(std::count_if(micro_batches.begin(), micro_batches.end(), has_people)));
  MeanOfStatistics statistics(network_.flat_buffers(), micro_batches.size());
  const at::Tensor report = at::zeros({3}, at::TensorOptions(device_).dtype(at::kDouble));  // two losses, requests
  for (const Batch& batch : micro_batches) {
    if (has_people(batch)) add_gradient(batch, global_people, report);
    statistics.add();
  }
  statistics.finish();
  report[2].fill_(request);
  const double waited = buckets_.finish();
  ranks_.sum(report);
  const at::Tensor norm = network_.flat_gradients().norm().to(at::kDouble).view({1});
  const at::Tensor host = at::cat({report, norm}).cpu();
  const auto* values = host.const_data_ptr<double>();
  return {values[0], values[1], values[3], static_cast<int>(values[2]), waited};
}

bool TrainingStep::is_finite_alone(const Batch& micro_batch, std::int64_t global_people) {
  if (people_in(micro_batch) == 0) return true;
  constexpr int without_sums = 1 << 16;  // no bucket is ready before so many passes
  buckets_.begin(without_sums);
  const at::Tensor losses = at::zeros({2}, at::TensorOptions(device_).dtype(at::kDouble));
  add_gradient(micro_batch, global_people, losses);
  return losses.isfinite().all().item<bool>() && network_.flat_gradients().norm().isfinite().item<bool>();
}

void TrainingStep::add_gradient(const Batch& batch, std::int64_t global_people, const at::Tensor& losses) {
  const std::vector<at::Tensor> maps = network_.forward(network_input(batch, network_, device_));
  const int parts = network_.spec().parts;
  const Targets targets = targets_of(batch, tasks_, maps.front(), sigma_);
  const double denominator =
      mean_squared_error_denominator(global_people, parts, static_cast<int>(maps.front().size(-1)));
  const at::Tensor loss = heat_map_loss(maps, targets, denominator);
  loss.backward();
  const at::NoGradGuard no_gradient;
  losses[0].add_(loss.detach());
  losses[1].add_(zero_output_loss(targets, network_.spec().stacks, denominator));
}

void TrainingStep::update(double learning_rate) {
  optimiser_.step(network_.flat_gradients(), learning_rate);
  if (average_) average_->update();
}

at::Tensor network_input(const Batch& batch, const Network& network, const at::Device& device) {
  const std::int64_t people = people_in(batch);
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(batch.pixels.size() / 3 / batch.people.size())));
  const auto pixels = view_of(batch.pixels, {people, side, side, 3}).to(device);
  return normalised_images(pixels, mpii_mean_rgb, network.activation_type());
}

}  // namespace pbn
