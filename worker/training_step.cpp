#include "worker/training_step.h"

#include <ATen/ATen.h>

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

Targets targets_of(const Batch& batch, int parts, const at::Tensor& maps, double sigma) {
  const std::int64_t people = people_in(batch);
  const auto joints = view_of(batch.joints, {people, parts, 2}).to(maps.device(), maps.scalar_type());
  const auto labelled = view_of(batch.labelled, {people, parts}).to(maps.device());
  return make_targets(joints, labelled, static_cast<int>(maps.size(-1)), sigma);
}

SumOverRanks sum_by(Communicator& statistics) {
  if (statistics.size() == 1) return {};
  return [&statistics](at::Tensor& sums) { statistics.sum(sums); };
}

NetworkOptions network_options(const RunConfig& config, const Device& device, Communicator& statistics) {
  return {config.train.precision, config.seed, device.torch(), sum_by(statistics)};
}

}  // namespace

TrainingStep::TrainingStep(const RunConfig& config, const Device& device, Communicator& gradients,
                           Communicator& statistics)
    : sigma_(config.train.sigma),
      device_(device.torch()),
      ranks_(gradients),
      network_(config.model, network_options(config, device, statistics)),
      buckets_(network_, gradients, static_cast<std::int64_t>(config.run.bucket_mib * (1 << 20))),
      optimiser_(network_.flat_parameters(), config.train.rmsprop_decay, config.train.rmsprop_epsilon) {}

StepReport TrainingStep::compute_gradient(const Batch& share, std::int64_t global_people, int request) {
  buckets_.begin();
  at::Tensor report = at::zeros({3}, at::TensorOptions(device_).dtype(at::kDouble));
  if (people_in(share) > 0) {
    const std::vector<at::Tensor> maps = network_.forward(network_input(share, network_, device_));
    const int parts = network_.spec().parts;
    const Targets targets = targets_of(share, parts, maps.front(), sigma_);
    const double denominator =
        mean_squared_error_denominator(global_people, parts, static_cast<int>(maps.front().size(-1)));
    const at::Tensor loss = heat_map_loss(maps, targets, denominator);
    loss.backward();
    const at::NoGradGuard no_gradient;
    report[0].copy_(loss.detach());
    report[1].copy_(zero_output_loss(targets, network_.spec().stacks, denominator));
  }
  report[2].fill_(request);
  const double waited = buckets_.finish();
  ranks_.sum(report);
  const at::Tensor host = report.cpu();
  const auto* values = host.const_data_ptr<double>();
  return {values[0], values[1], static_cast<int>(values[2]), waited};
}

void TrainingStep::update(double learning_rate) { optimiser_.step(network_.flat_gradients(), learning_rate); }

at::Tensor network_input(const Batch& batch, const Network& network, const at::Device& device) {
  const std::int64_t people = people_in(batch);
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(batch.pixels.size() / 3 / batch.people.size())));
  const auto pixels = view_of(batch.pixels, {people, side, side, 3}).to(device);
  return normalised_images(pixels, mpii_mean_rgb, network.activation_type());
}

}  // namespace pbn
