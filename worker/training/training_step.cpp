#include "worker/training/training_step.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/heat_maps.h"
#include "model/kernels/kernels.h"

namespace pbn::worker {
namespace {

// In these steps libraries choose algorithms and allocate memory, which is impossible within a CUDA graph.
constexpr int steps_before_recording = 3;

std::int64_t people_in(const data::Batch& batch) { return static_cast<std::int64_t>(batch.people.size()); }

// Waits for the figures.
StepReport report_of(const HostCopy& figures, Communicator& ranks) {
  const double* values = nullptr;
  ranks.wait_for_device([&] { values = figures.wait().const_data_ptr<double>(); });
  return {.loss = values[0],
          .zero_output_loss = values[1],
          .gradient_norm = values[3],
          .requests = static_cast<int>(values[2])};
}

// (1) float64
at::Tensor norm_of(const at::Tensor& gradients) {
  const auto own = model::kernels_for(gradients).norm;
  return own ? own(gradients) : gradients.norm().to(at::kDouble).view({1});
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
  const bool on_cpu = device.torch().is_cpu();  // on a GPU the network lays out the gradient itself
  return {.precision = config.train.precision,
          .seed = config.seed,
          .device = device.torch(),
          .gradients = on_cpu ? gradients.zeros(config::count_parameters(config.model), at::dtype(type)) : at::Tensor(),
          .mean_rgb = config.train.mean.rgb,
          .sum_over_ranks = sum_by(statistics)};
}

}  // namespace

// A recorded step with its inputs and outputs, whose addresses are fixed.
struct TrainingStep::Recorded {
  FixedInputs inputs;
  at::Tensor learning_rate, request;  // scalars
  Outcome outcome;
  std::unique_ptr<RecordedWork> work{};
};

TrainingStep::TrainingStep(const config::RunConfig& config, const Device& device, Communicator& gradients,
                           Communicator& statistics)
    : sigma_(config.train.sigma),
      tasks_(at::tensor(config::skeleton_of_text(config.tasks.text).indices_of(config.tasks.parts), at::kLong)),
      device_(device),
      ranks_(gradients),
      network_(config.model, network_options(config, device, gradients, statistics)),
      buckets_(network_, gradients, static_cast<std::int64_t>(config.run.bucket_mib * (1 << 20)), config.train.wire),
      optimiser_(network_.flat_parameters(), config.train.rmsprop_decay, config.train.rmsprop_epsilon,
                 network_.flat_rounded()),
      global_batch_(config.train.global_batch),
      reads_late_(device.reads_late() && config.train.on_nan == config::OnNan::stop),
      so_far_(at::zeros({}, at::TensorOptions(device.torch()).dtype(at::kDouble))),
      records_(config.run.graph == "on" || (config.run.graph == "auto" && device.is_faster_recorded())) {
  if (config.train.average > 0) average_.emplace(network_, config.train.average);
  if (!records_ || (gradients.can_be_recorded() && statistics.can_be_recorded())) return;
  records_ = false;
  warning_ = "steps are not recorded, since the sums over the ranks pass through host memory (run.graph)";
}

TrainingStep::~TrainingStep() = default;

std::vector<StepReport> TrainingStep::take(std::span<const data::Batch> micro_batches, std::int64_t global_people,
                                           double learning_rate, int request) {
  Outcome outcome;
  if (recording_for(micro_batches, global_people)) {
    outcome = replay(micro_batches.front(), learning_rate, request);
  } else {
    outcome = sum_of_gradients(micro_batches, global_people, request);
    update_if_finite(outcome.figures, at::full({}, learning_rate, outcome.figures.options()));
  }
  unread_.push_back({HostCopy(outcome.figures), outcome.seconds_waiting, std::exchange(warning_, {})});
  // Before the next step changes the weights. A step that is not finite ends the training, if its report is late.
  if (average_ && reads_late_) average_->update();
  return reports_but(reads_late_ ? 1 : 0);
}

// Waits for all steps but the last `unread` ones.
std::vector<StepReport> TrainingStep::reports_but(std::size_t unread) {
  std::vector<StepReport> reports;
  for (; unread_.size() > unread; unread_.pop_front()) {
    UnreadStep& step = unread_.front();
    StepReport report = report_of(step.figures, ranks_);
    report.seconds_waiting = step.seconds_waiting;
    report.warning = std::move(step.warning);
    if (average_ && !reads_late_ && is_finite(report)) average_->update();
    reports.push_back(std::move(report));
  }
  return reports;
}

// The recording by which this step is to be taken; null if it is not to be recorded or cannot be.
TrainingStep::Recorded* TrainingStep::recording_for(std::span<const data::Batch> micro_batches,
                                                    std::int64_t global_people) {
  const bool is_regular = micro_batches.size() == 1 && global_people == global_batch_;  // the same on every rank
  if (!records_ || !is_regular || ++regular_steps_ <= steps_before_recording) return nullptr;
  if (!recorded_) record(inputs_of(micro_batches.front(), at::kCPU));
  return recorded_.get();
}

// The ranks vote before the capture, which makes no sum, and after it: if one of them fails in between, no other waits
// for it.
void TrainingStep::record(const StepInputs& inputs) {
  const at::Tensor failures = at::zeros({1}, at::TensorOptions(device_.torch()).dtype(at::kDouble));
  const auto all_can = [&](const std::string& problem) {
    failures.fill_(problem.empty() ? 0 : 1);
    ranks_.sum(failures);
    return failures.item<double>() == 0;
  };
  std::string problem = device_.obstacle_to_recording();
  if (all_can(problem)) {
    problem = try_to_record(inputs);
    if (all_can(problem)) return;
  }
  recorded_.reset();
  records_ = false;
  warning_ = fmt::format("a step cannot be recorded ({}); training continues without recording (run.graph)",
                         problem.empty() ? "on another rank" : problem.substr(0, problem.find('\n')));
}

// Returns the problem; empty if there is none.
std::string TrainingStep::try_to_record(const StepInputs& inputs) {
  try {
    const auto numbers = at::TensorOptions(device_.torch()).dtype(at::kDouble);
    recorded_.reset(new Recorded{.inputs = FixedInputs(inputs, device_.torch()),
                                 .learning_rate = at::zeros({}, numbers),
                                 .request = at::zeros({}, numbers),
                                 .outcome = {at::zeros({4}, numbers)}});
    recorded_->work = device_.record([this] { compute_recorded_step(); });
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TrainingStep::Outcome TrainingStep::replay(const data::Batch& batch, double learning_rate, int request) {
  const Phase phase(device_, "recorded step");
  recorded_->inputs.copy_from(inputs_of(batch, at::kCPU));
  recorded_->learning_rate.fill_(learning_rate);
  recorded_->request.fill_(request);
  recorded_->outcome.seconds_waiting = 0;
  network_.round_parameters();
  recorded_->work->replay();
  return recorded_->outcome;
}

void TrainingStep::compute_recorded_step() {
  Recorded& step = *recorded_;
  buckets_.begin();
  const at::Tensor report = at::zeros({3}, step.outcome.figures.options());
  add_gradient(step.inputs.on_device(), global_batch_, report);
  report[2].copy_(step.request);
  step.outcome.seconds_waiting = wait_for_sums();
  step.outcome.figures.copy_(summed(report));
  update_if_finite(step.outcome.figures, step.learning_rate);
}

StepReport TrainingStep::compute_gradient(std::span<const data::Batch> micro_batches, std::int64_t global_people,
                                          int request) {
  const Outcome outcome = sum_of_gradients(micro_batches, global_people, request);
  StepReport report = report_of(HostCopy(outcome.figures), ranks_);
  report.seconds_waiting = outcome.seconds_waiting;
  return report;
}

TrainingStep::Outcome TrainingStep::sum_of_gradients(std::span<const data::Batch> micro_batches,
                                                     std::int64_t global_people, int request) {
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
  return {summed(report), waited};
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

// The host does not know the figures here, so the optimiser skips the update if they are not finite (rmsprop.h). As the
// host learns of it one step late, the following update is skipped, too: the step is then described with its weights.
void TrainingStep::update_if_finite(const at::Tensor& figures, const at::Tensor& learning_rate) {
  const Phase phase(device_, "optimiser");
  const at::Tensor judged = reads_late_ ? so_far_.add_(figures.sum() * 0) : figures;  // infinity times 0 is NaN
  optimiser_.step(network_.flat_gradients(), learning_rate, judged);
}

StepInputs TrainingStep::inputs_of(const data::Batch& batch, const at::Device& device) const {
  const bool in_double = network_.activation_type() == at::kDouble;
  return step_inputs(batch, tasks_, device, in_double ? at::kDouble : at::kFloat);
}

void TrainingStep::add_gradient(const StepInputs& inputs, std::int64_t global_people, const at::Tensor& losses) {
  const auto maps = [&] {
    const Phase phase(device_, "forward");
    return network_.forward(model::normalised_images(inputs.pixels, network_.activation_type(), network_.mean_rgb()));
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
  return at::cat({report, norm_of(network_.flat_gradients())});
}

bool is_finite(const StepReport& report) { return std::isfinite(report.loss) && std::isfinite(report.gradient_norm); }

}  // namespace pbn::worker
