#include "worker/training/training_step.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/heat_maps.h"

namespace pbn::worker {
namespace {

// In these steps libraries choose algorithms and allocate memory, which is impossible within a CUDA graph.
constexpr int steps_before_recording = 3;

std::int64_t people_in(const data::Batch& batch) { return static_cast<std::int64_t>(batch.people.size()); }

StepReport report_of(const at::Tensor& outcome, Communicator& ranks) {
  const at::Tensor host = ranks.on_host(outcome);
  const auto* values = host.const_data_ptr<double>();
  return {.loss = values[0],
          .zero_output_loss = values[1],
          .gradient_norm = values[3],
          .requests = static_cast<int>(values[2])};
}

model::SumOverRanks sum_by(Communicator& statistics) {
  if (statistics.size() == 1) return {};
  return [&statistics](at::Tensor& sums) { statistics.sum(sums); };
}

// Lets every micro-batch update the running statistics from the same values, then replaces them by the mean.
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

model::NetworkOptions network_options(const config::RunConfig& config, const Device& device, Communicator& gradients,
                                      Communicator& statistics) {
  const at::ScalarType type = config.train.precision == config::Precision::fp64 ? at::kDouble : at::kFloat;
  return {.precision = config.train.precision,
          .seed = config.seed,
          .device = device.torch(),
          .gradients = gradients.zeros(config::count_parameters(config.model), at::dtype(type).device(device.torch())),
          .sum_over_ranks = sum_by(statistics)};
}

}  // namespace

// A recorded step with its inputs and outputs, whose addresses are fixed.
struct TrainingStep::Recorded {
  FixedInputs inputs;
  at::Tensor learning_rate, request;  // scalars
  at::Tensor outcome;                 // (4): the result of summed()
  double seconds_waiting = 0;
  std::unique_ptr<RecordedWork> work{};
};

TrainingStep::TrainingStep(const config::RunConfig& config, const Device& device, Communicator& gradients,
                           Communicator& statistics)
    : sigma_(config.train.sigma),
      tasks_(at::tensor(config::skeleton_named(config.tasks.name).indices_of(config.tasks.parts), at::kLong)),
      device_(device),
      ranks_(gradients),
      network_(config.model, network_options(config, device, gradients, statistics)),
      buckets_(network_, gradients, static_cast<std::int64_t>(config.run.bucket_mib * (1 << 20)), config.train.wire),
      optimiser_(network_.flat_parameters(), config.train.rmsprop_decay, config.train.rmsprop_epsilon),
      global_batch_(config.train.global_batch),
      records_(config.run.graph == "on" || (config.run.graph == "auto" && device.is_faster_recorded())) {
  if (config.train.average > 0) average_.emplace(network_, config.train.average);
}

TrainingStep::~TrainingStep() = default;

StepReport TrainingStep::take(std::span<const data::Batch> micro_batches, std::int64_t global_people,
                              double learning_rate, int request) {
  const bool is_regular = micro_batches.size() == 1 && global_people == global_batch_;  // the same on every rank
  if (records_ && is_regular && ++regular_steps_ > steps_before_recording) {
    const StepInputs inputs = inputs_of(micro_batches.front(), at::kCPU);
    if (!recorded_) record(inputs);
    if (recorded_) return take_recorded(inputs, learning_rate, request);
  }
  StepReport report = compute_gradient(micro_batches, global_people, request);
  if (is_finite(report)) update(learning_rate);
  report.warning = std::exchange(warning_, {});
  return report;
}

void TrainingStep::record(const StepInputs& inputs) {
  const auto numbers = at::TensorOptions(device_.torch()).dtype(at::kDouble);
  recorded_.reset(new Recorded{.inputs = FixedInputs(inputs, device_.torch()),
                               .learning_rate = at::zeros({}, numbers),
                               .request = at::zeros({}, numbers),
                               .outcome = at::zeros({4}, numbers)});
  std::string problem;
  try {
    recorded_->work = device_.record([this] { compute_recorded_step(); });
  } catch (const std::exception& error) {
    problem = error.what();
  }
  const at::Tensor failures = at::full({1}, problem.empty() ? 0 : 1, numbers);
  ranks_.sum(failures);
  if (failures.item<double>() == 0) return;
  recorded_.reset();
  records_ = false;
  warning_ = fmt::format("a step cannot be recorded ({}); training continues without recording (run.graph)",
                         problem.empty() ? "on another rank" : problem.substr(0, problem.find('\n')));
}

StepReport TrainingStep::take_recorded(const StepInputs& inputs, double learning_rate, int request) {
  const Phase phase(device_, "recorded step");
  recorded_->inputs.copy_from(inputs);
  recorded_->learning_rate.fill_(learning_rate);
  recorded_->request.fill_(request);
  recorded_->seconds_waiting = 0;
  recorded_->work->replay();
  StepReport report = report_of(recorded_->outcome, ranks_);
  report.seconds_waiting = recorded_->seconds_waiting;
  if (average_ && is_finite(report)) average_->update();
  return report;
}

// The host does not know the loss here, so the optimiser skips the update if it is not finite (rmsprop.h).
void TrainingStep::compute_recorded_step() {
  Recorded& step = *recorded_;
  buckets_.begin();
  const at::Tensor report = at::zeros({3}, step.outcome.options());
  add_gradient(step.inputs.on_device(), global_batch_, report);
  report[2].copy_(step.request);
  step.seconds_waiting = wait_for_sums();
  step.outcome.copy_(summed(report));
  const at::Tensor is_finite = step.outcome[0].isfinite().logical_and(step.outcome[3].isfinite());
  const Phase phase(device_, "optimiser");
  optimiser_.step(network_.flat_gradients(), step.learning_rate, is_finite);
}

StepReport TrainingStep::compute_gradient(std::span<const data::Batch> micro_batches, std::int64_t global_people,
                                          int request) {
  const auto has_people = [](const data::Batch& batch) { return people_in(batch) > 0; };
  buckets_.begin(static_cast<int>(std::count_if(micro_batches.begin(), micro_batches.end(), has_people)));
  MeanOfStatistics statistics(network_.flat_buffers(), micro_batches.size());
  const at::Tensor report = at::zeros({3}, at::TensorOptions(device_.torch()).dtype(at::kDouble));
  for (const data::Batch& batch : micro_batches) {
    if (has_people(batch)) add_gradient(inputs_of(batch, device_.torch()), global_people, report);
    statistics.add();
  }
  statistics.finish();
  report[2].fill_(request);
  const double waited = wait_for_sums();
  StepReport result = report_of(summed(report), ranks_);
  result.seconds_waiting = waited;
  return result;
}

bool TrainingStep::is_finite_alone(const data::Batch& micro_batch, std::int64_t global_people) {
  if (people_in(micro_batch) == 0) return true;
  constexpr int without_sums = 1 << 16;  // backward passes: no bucket is ever ready
  buckets_.begin(without_sums);
  const at::Tensor losses = at::zeros({2}, at::TensorOptions(device_.torch()).dtype(at::kDouble));
  add_gradient(inputs_of(micro_batch, device_.torch()), global_people, losses);
  return losses.isfinite().all().item<bool>() && network_.flat_gradients().norm().isfinite().item<bool>();
}

void TrainingStep::update(double learning_rate) {
  const Phase phase(device_, "optimiser");
  optimiser_.step(network_.flat_gradients(), learning_rate);
  if (average_) average_->update();
}

StepInputs TrainingStep::inputs_of(const data::Batch& batch, const at::Device& device) const {
  const bool in_double = network_.activation_type() == at::kDouble;
  return step_inputs(batch, tasks_, device, in_double ? at::kDouble : at::kFloat);
}

void TrainingStep::add_gradient(const StepInputs& inputs, std::int64_t global_people, const at::Tensor& losses) {
  const auto maps = [&] {
    const Phase phase(device_, "forward");
    return network_.forward(model::normalised_images(inputs.pixels, network_.activation_type()));
  }();
  const int parts = network_.spec().parts, side = static_cast<int>(maps.front().size(-1));
  const double denominator = model::mean_squared_error_denominator(global_people, parts, side);
  const model::Targets targets = model::make_targets(inputs.joints, inputs.labelled, side, sigma_);
  const at::Tensor loss = [&] {
    const Phase phase(device_, "loss");
    return model::heat_map_loss(maps, targets, denominator);
  }();
  {
    const Phase phase(device_, "backward");
    loss.backward();
  }
  const at::NoGradGuard no_gradient;
  losses[0].add_(loss.detach());
  losses[1].add_(model::zero_output_loss(targets, network_.spec().stacks, denominator));
}

double TrainingStep::wait_for_sums() {
  const Phase phase(device_, "allreduce");
  return buckets_.finish();
}

// {loss, loss of a zero output, requests} of this rank -> their sums over the ranks and the norm of the gradient.
at::Tensor TrainingStep::summed(const at::Tensor& report) {
  ranks_.sum(report);
  const at::Tensor norm = network_.flat_gradients().norm().to(at::kDouble).view({1});
  return at::cat({report, norm});
}

bool is_finite(const StepReport& report) { return std::isfinite(report.loss) && std::isfinite(report.gradient_norm); }

}  // namespace pbn::worker
