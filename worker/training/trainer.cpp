#include "worker/training/trainer.h"

#include <ATen/ATen.h>

#include <cmath>
#include <map>

#include "base/error.h"
#include "worker/communication/ranks.h"
#include "worker/prediction/validation.h"
#include "worker/training/stop_request.h"

namespace pbn {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Requests are added up over the ranks: any stop request counts, and rank 0's clock alone decides about checkpoints.
constexpr int checkpoint_request = 1;
constexpr int stop_request = 1 << 16;

std::vector<std::span<const std::int64_t>> global_batches(const std::vector<std::int64_t>& order, int size) {
  std::vector<std::span<const std::int64_t>> batches;
  const std::span<const std::int64_t> all(order);
  for (std::size_t first = 0; first < all.size(); first += static_cast<std::size_t>(size)) {
    batches.push_back(all.subspan(first, std::min(all.size() - first, static_cast<std::size_t>(size))));
  }
  return batches;
}

// All ranks' values of a vector that each has its own of: (ranks, length).
at::Tensor of_every_rank(const at::Tensor& own, Communicator& ranks) {
  const at::Tensor all = at::zeros({ranks.size(), own.numel()}, own.options());
  all[ranks.rank()].copy_(own);
  ranks.sum(all);
  return all;
}

at::Tensor of_this_rank(const at::Tensor& all, const Communicator& ranks) {
  return all[std::min<std::int64_t>(ranks.rank(), all.size(0) - 1)];
}

// In double, so that the order of the ranks in the sum leaves no trace.
void average_over_ranks(at::Tensor& values, Communicator& ranks) {
  if (ranks.size() == 1) return;
  const at::Tensor mean = values.to(at::kDouble);
  ranks.sum(mean);
  values.copy_(mean / ranks.size());
}

// This rank's part of a global batch, in micro-batches: those of all ranks are the shares of so many more ranks.
std::vector<std::vector<std::int64_t>> micro_batches_of(std::span<const std::int64_t> global_batch,
                                                        const Communicator& ranks, int count) {
  std::vector<std::vector<std::int64_t>> micro_batches;
  for (int i = 0; i < count; ++i) {
    const auto share = share_of_rank(global_batch, ranks.rank() * count + i, ranks.size() * count);
    micro_batches.emplace_back(share.begin(), share.end());
  }
  return micro_batches;
}

// The next `count` batches; none at the end.
std::vector<Batch> next_batches(BatchLoader& loader, int count) {
  std::vector<Batch> batches;
  for (int i = 0; i < count; ++i) {
    std::optional<Batch> batch = loader.next();
    if (!batch) return {};
    batches.push_back(std::move(*batch));
  }
  return batches;
}

// "stack0.head (24), stack0.fusion (4)": tensors counted by the first two words of their names.
std::string by_module(const std::vector<std::string>& names) {
  std::map<std::string, int> counts;
  for (const std::string& name : names) ++counts[name.substr(0, name.find('.', name.find('.') + 1))];
  std::string text;
  for (const auto& [module, count] : counts) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", module, count);
  return text.empty() ? "none" : text;
}

// While it lives, the network has the averaged weights, where there are such.
class AveragedWeights {
 public:
  explicit AveragedWeights(std::optional<WeightAverage>& average) : average_(average) {
    if (average_) average_->exchange();
  }
  ~AveragedWeights() {
    if (average_) average_->exchange();
  }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  std::optional<WeightAverage>& average_;
};

void require_finite(const StepReport& report, const Position& position) {
  if (std::isfinite(report.loss)) return;
  throw SharedError(data_error(fmt::format("epoch {}, step {}", position.epoch, position.step + 1),
                               "lower train.learning_rate or use fp32", "the loss is {}", report.loss));
}

}  // namespace

Trainer::Trainer(const RunSetup& setup, const Device& device, Communicator& ranks, Communicator& statistics,
                 MetricsLog& log)
    : setup_(setup), device_(device), ranks_(ranks), log_(log), step_(setup.config, device, ranks, statistics) {}

void Trainer::resume() {
  if (!setup_.config.train.init.empty()) start_from_given_weights();
  std::optional<WeightAverage>& average = step_.average();
  const CheckpointShape shape{network().flat_parameters().numel(), network().flat_buffers().numel(),
                              average.has_value()};
  const auto checkpoint = newest_checkpoint(setup_.folder, setup_.id, shape);
  if (!checkpoint) return;
  const at::NoGradGuard no_gradient;
  position_ = checkpoint->position;
  ++position_.attempts;
  network().flat_parameters().copy_(checkpoint->parameters);
  step_.optimiser().mean_square().copy_(checkpoint->mean_square);
  network().flat_buffers().copy_(of_this_rank(checkpoint->statistics, ranks_));
  if (average) {
    average->state().parameters.copy_(checkpoint->average->parameters);
    average->state().statistics.copy_(of_this_rank(checkpoint->average->statistics, ranks_));
    average->state().updates = checkpoint->average->updates;
  }
  log_.start(fmt::format("goes on from epoch {}, step {} (attempt {})", position_.epoch, position_.step + 1,
                         position_.attempts));
}

// A resumed run does it too: its report tells again what became of them.
void Trainer::start_from_given_weights() {
  const RunConfig& config = setup_.config;
  init_ = take_over_weights(config.train.init, network(), config.tasks);
  if (step_.average()) step_.average().emplace(network(), config.train.average);
  log_.start(fmt::format("starts from {}: {} tensors taken over; begin afresh: {}; not used: {}", config.train.init,
                         init_->taken.size(), by_module(init_->fresh), by_module(init_->unused)));
}

Ending Trainer::train() {
  last_save_ = Clock::now();
  while (position_.epoch <= setup_.config.train.epochs) {
    const auto start = Clock::now();
    const EpochEnding ending = train_epoch();
    position_.seconds += seconds_since(start);
    seconds_ += seconds_since(start);
    if (ending == EpochEnding::stopped) {
      save();
      log_.stop(fmt::format("saved in epoch {} after step {}, to be started again", position_.epoch, position_.step));
      return Ending::saved_for_later;
    }
    finish_epoch(seconds_since(start));
  }
  if (step_.average()) step_.average()->exchange();
  step_.average().reset();  // from here on the network has the averaged weights
  return Ending::finished;
}

Trainer::EpochEnding Trainer::train_epoch() {
  const RunConfig& config = setup_.config;
  const auto order = epoch_order(setup_.train.size(), config.seed, position_.epoch);
  const int accumulate = config.train.accumulate;
  const auto batches = global_batches(order, config.train.global_batch);
  std::vector<std::vector<std::int64_t>> shares;
  for (std::size_t i = static_cast<std::size_t>(position_.step); i < batches.size(); ++i) {
    for (auto& micro_batch : micro_batches_of(batches[i], ranks_, accumulate)) shares.push_back(std::move(micro_batch));
  }
  const Viewing viewing{config.train.augment, config.seed, 1, false};
  BatchLoader loader(setup_.train, viewing, position_.epoch, std::move(shares), config.run.loader_threads);
  const double rate = config.train.learning_rate_in(position_.epoch);
  log_.begin_epoch(position_.epoch, config.train.epochs, static_cast<std::int64_t>(batches.size()), position_.step);
  seconds_waiting_for_ranks_ = gradient_norms_ = 0;
  steps_ = 0;
  EpochEnding ending = EpochEnding::complete;
  for (auto share = next_batches(loader, accumulate); !share.empty(); share = next_batches(loader, accumulate)) {
    const bool checkpoint_is_due = ranks_.rank() == 0 && seconds_since(last_save_) >= config.run.checkpoint_seconds;
    const int request = (stop_was_requested() ? stop_request : 0) + (checkpoint_is_due ? checkpoint_request : 0);
    const auto people = static_cast<std::int64_t>(batches[position_.step].size());
    const StepReport report = step_.compute_gradient(share, people, request);
    require_finite(report, position_);
    step_.update(rate);
    ++position_.step;
    position_.loss_so_far += report.loss * static_cast<double>(people);
    position_.zero_loss_so_far += report.zero_output_loss * static_cast<double>(people);
    seconds_waiting_for_ranks_ += report.seconds_waiting;
    gradient_norms_ += report.gradient_norm;
    ++steps_;
    images_ += people;
    log_.step(report.loss, report.gradient_norm, people);
    if (report.requests >= stop_request) {
      ending = EpochEnding::stopped;
      break;
    }
    if (report.requests > 0) save();
  }
  seconds_waiting_for_data_ = loader.seconds_waited();
  return ending;
}

void Trainer::finish_epoch(double seconds) {
  const RunConfig& config = setup_.config;
  const auto people = static_cast<double>(setup_.train.size());
  const double loss = position_.loss_so_far / people;
  const double zero_loss = position_.zero_loss_so_far / people;
  log_.end_epoch({position_.epoch, config.train.epochs, loss, zero_loss, config.train.learning_rate_in(position_.epoch),
                  gradient_norms_ / static_cast<double>(std::max<std::int64_t>(steps_, 1)), seconds, people / seconds,
                  seconds_waiting_for_data_, seconds_waiting_for_ranks_, device_.peak_memory_bytes()});
  const bool stays_there = !position_.epoch_losses.empty() && position_.epoch_losses.back() >= 0.97 * zero_loss;
  if (stays_there && loss >= 0.97 * zero_loss) {  // one such epoch alone can be a spike that passes
    log_.warning(
        fmt::format("epoch {}: the training loss {:.4e} is not below that of an output of zero everywhere, {:.4e}: "
                    "the network has collapsed or does not learn; try another train.learning_rate",
                    position_.epoch, loss, zero_loss));
  }
  average_statistics();
  position_.epoch_losses.push_back(loss);
  const bool last = position_.epoch == config.train.epochs;
  if (!last && position_.epoch % config.run.validate_every == 0) validate();
  ++position_.epoch;
  position_.step = 0;
  position_.loss_so_far = position_.zero_loss_so_far = 0;
  save();
}

// Each rank has seen its own share; validation uses the mean of what they saw.
void Trainer::average_statistics() {
  average_over_ranks(network().flat_buffers(), ranks_);
  if (step_.average()) average_over_ranks(step_.average()->state().statistics, ranks_);
}

void Trainer::validate() {
  const Predictions predictions = predict_validation();
  if (ranks_.rank() != 0) return;
  const GroundTruth truth = ground_truth(setup_.validation.files().front());
  log_.validation(position_.epoch, evaluate(predictions, truth), headline_figure(truth.reference, *truth.skeleton));
}

Predictions Trainer::predict_validation() {
  const AveragedWeights averaged(step_.average());
  return predict(network(), setup_.config.tasks, setup_.validation, setup_.config.test,
                 setup_.config.run.loader_threads, device_.torch(), ranks_);
}

void Trainer::save() {
  Checkpoint checkpoint{position_, network().flat_parameters(), step_.optimiser().mean_square(),
                        of_every_rank(network().flat_buffers(), ranks_)};
  if (step_.average()) {
    const AverageState& average = step_.average()->state();
    checkpoint.average = {average.parameters, of_every_rank(average.statistics, ranks_), average.updates};
  }
  if (ranks_.rank() == 0) save_checkpoint(setup_.folder, setup_.id, checkpoint);
  last_save_ = Clock::now();
}

double Trainer::images_per_second() const { return seconds_ > 0 ? static_cast<double>(images_) / seconds_ : 0; }

}  // namespace pbn
