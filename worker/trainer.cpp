#include "worker/trainer.h"

#include <ATen/ATen.h>

#include <cmath>

#include "base/error.h"
#include "worker/ranks.h"
#include "worker/stop_request.h"
#include "worker/validation.h"

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
  const auto checkpoint = newest_checkpoint(setup_.folder, setup_.id);
  if (!checkpoint) return;
  const at::NoGradGuard no_gradient;
  position_ = checkpoint->position;
  ++position_.attempts;
  network().flat_parameters().copy_(checkpoint->parameters);
  step_.optimiser().mean_square().copy_(checkpoint->mean_square);
  network().flat_buffers().copy_(
      checkpoint->statistics[std::min<std::int64_t>(ranks_.rank(), checkpoint->statistics.size(0) - 1)]);
  log_.start(fmt::format("goes on from epoch {}, step {} (attempt {})", position_.epoch, position_.step + 1,
                         position_.attempts));
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
  return Ending::finished;
}

Trainer::EpochEnding Trainer::train_epoch() {
  const RunConfig& config = setup_.config;
  const auto order = epoch_order(setup_.train.size(), config.seed, position_.epoch);
  const auto batches = global_batches(order, config.train.global_batch);
  std::vector<std::vector<std::int64_t>> shares;
  for (std::size_t i = static_cast<std::size_t>(position_.step); i < batches.size(); ++i) {
    const auto share = share_of_rank(batches[i], ranks_.rank(), ranks_.size());
    shares.emplace_back(share.begin(), share.end());
  }
  const Viewing viewing{config.train.augment, config.seed, 1, false};
  BatchLoader loader(setup_.train, viewing, position_.epoch, std::move(shares), config.run.loader_threads);
  const double rate = config.train.learning_rate_in(position_.epoch);
  log_.begin_epoch(position_.epoch, config.train.epochs, static_cast<std::int64_t>(batches.size()), position_.step);
  seconds_waiting_for_ranks_ = 0;
  EpochEnding ending = EpochEnding::complete;
  while (const std::optional<Batch> share = loader.next()) {
    const bool checkpoint_is_due = ranks_.rank() == 0 && seconds_since(last_save_) >= config.run.checkpoint_seconds;
    const int request = (stop_was_requested() ? stop_request : 0) + (checkpoint_is_due ? checkpoint_request : 0);
    const auto people = static_cast<std::int64_t>(batches[position_.step].size());
    const StepReport report = step_.compute_gradient(*share, people, request);
    require_finite(report, position_);
    step_.update(rate);
    ++position_.step;
    position_.loss_so_far += report.loss * static_cast<double>(people);
    position_.zero_loss_so_far += report.zero_output_loss * static_cast<double>(people);
    seconds_waiting_for_ranks_ += report.seconds_waiting;
    images_ += people;
    log_.step(report.loss, people);
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
                  seconds, people / seconds, seconds_waiting_for_data_, seconds_waiting_for_ranks_,
                  device_.peak_memory_bytes()});
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

// Each rank has seen its own share; validation uses the mean of what they saw. In double, so that the order of the
// ranks in the sum leaves no trace.
void Trainer::average_statistics() {
  if (ranks_.size() == 1) return;
  const at::Tensor mean = network().flat_buffers().to(at::kDouble);
  ranks_.sum(mean);
  network().flat_buffers().copy_(mean / ranks_.size());
}

void Trainer::validate() {
  const Predictions predictions = predict_validation();
  if (ranks_.rank() != 0) return;
  const GroundTruth truth = ground_truth(setup_.validation.files().front());
  log_.validation(position_.epoch, evaluate(predictions, truth), headline_figure(truth.reference, *truth.skeleton));
}

Predictions Trainer::predict_validation() {
  return predict(network(), setup_.validation, setup_.config.test, setup_.config.run.loader_threads, device_.torch(),
                 ranks_);
}

void Trainer::save() {
  const at::Tensor statistics =
      at::zeros({ranks_.size(), network().flat_buffers().numel()}, network().flat_buffers().options());
  statistics[ranks_.rank()].copy_(network().flat_buffers());
  ranks_.sum(statistics);
  if (ranks_.rank() == 0) {
    save_checkpoint(setup_.folder, setup_.id,
                    {position_, network().flat_parameters(), step_.optimiser().mean_square(), statistics});
  }
  last_save_ = Clock::now();
}

double Trainer::images_per_second() const { return seconds_ > 0 ? static_cast<double>(images_) / seconds_ : 0; }

}  // namespace pbn
