#include "worker/training/trainer.h"

#include <ATen/ATen.h>

#include <map>

#include "base/error.h"
#include "worker/communication/ranks.h"
#include "worker/prediction/validation.h"
#include "worker/training/epoch_batches.h"
#include "worker/training/non_finite_step.h"
#include "worker/training/saved_state.h"
#include "worker/training/stop_request.h"

namespace pbn::worker {
namespace {

// Requests are summed over the ranks. Every rank may request a stop, but only rank 0 requests checkpoints.
constexpr int checkpoint_request = 1;
constexpr int stop_request = 1 << 16;

// In double, so that rounding hides the order of the ranks in the sum.
void average_over_ranks(at::Tensor& values, Communicator& ranks) {
  if (ranks.size() == 1) return;
  const at::Tensor mean = values.to(at::kDouble);
  ranks.sum(mean);
  values.copy_(mean / ranks.size());
}

// "stack0.head (24), stack0.fusion (4)": tensors counted by the first two words of their names.
std::string by_module(const std::vector<std::string>& names) {
  std::map<std::string, int> counts;
  for (const std::string& name : names) ++counts[name.substr(0, name.find('.', name.find('.') + 1))];
  std::string text;
  for (const auto& [module, count] : counts) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", module, count);
  return text.empty() ? "none" : text;
}

}  // namespace

Trainer::Trainer(const RunSetup& setup, const TrainingContext& context)
    : setup_(setup),
      device_(context.device),
      ranks_(context.ranks),
      log_(context.log),
      activity_(context.activity),
      lease_(context.lease),
      step_(setup.config, context.device, context.ranks, context.statistics),
      writer_(setup.folder, setup.identity, setup.config.run.keep_checkpoints) {}

void Trainer::resume() {
  if (!setup_.config.train.init.empty()) load_initial_weights();
  const FoundCheckpoint found = newest_checkpoint(setup_.folder, setup_.identity, checkpoint_shape(step_));
  for (const std::string& damaged : found.damaged) log_.warning("skips a damaged checkpoint: " + damaged);
  if (!found.checkpoint) return;
  restore(*found.checkpoint, step_, ranks_);
  position_ = found.checkpoint->position;
  ++position_.attempts;
  log_.start(fmt::format("continues from epoch {}, step {} (attempt {})", position_.epoch, position_.step + 1,
                         position_.attempts));
}

// A resumed run does this, too, since its result reports the transfer.
void Trainer::load_initial_weights() {
  const config::RunConfig& config = setup_.config;
  init_ = model::transfer_weights(config.train.init, network(), config.tasks);
  if (step_.average()) step_.average().emplace(network(), config.train.average);
  log_.start(fmt::format("starts from {}: {} tensors copied; initialised: {}; unused: {}", config.train.init,
                         init_->taken.size(), by_module(init_->fresh), by_module(init_->unused)));
}

TrainingEnd Trainer::train() {
  const Checkpoint state = state_of(step_, position_, ranks_);
  if (ranks_.rank() == 0) writer_.prepare(state);
  if (setup_.config.train.on_nan == config::OnNan::skip) statistics_before_ = network().flat_buffers().clone();
  since_save_ = {};
  while (position_.epoch <= setup_.config.train.epochs) {
    const Stopwatch stopwatch;
    const TrainingEnd end = train_epoch();
    const double seconds = stopwatch.seconds();
    position_.seconds += seconds;
    seconds_ += seconds;
    if (end == TrainingEnd::stopped) {
      save_before_stop();
      log_.stop(fmt::format("saved in epoch {} after step {}, to be started again", position_.epoch, position_.step));
      return end;
    }
    finish_epoch(seconds);
  }
  writer_.finish();
  report_failed_checkpoints();
  if (step_.average()) step_.average()->exchange();
  step_.average().reset();  // from here on the network has the averaged weights
  return TrainingEnd::finished;
}

TrainingEnd Trainer::train_epoch() {
  const config::RunConfig& config = setup_.config;
  const auto order = data::epoch_order(setup_.train.size(), config.seed, position_.epoch);
  const int accumulate = config.train.accumulate;
  const auto batches = global_batches(order, config.train.global_batch);
  const data::Viewing viewing{config.train.augment, config.seed, 1, false};
  data::BatchLoader loader(setup_.train, viewing, position_.epoch,
                           micro_batches_from(position_.step, batches, ranks_, accumulate), config.run.loader_threads);
  activity_.enter(RankPhase::training);
  const double rate = config.train.learning_rate_in(position_.epoch);
  log_.begin_epoch(position_.epoch, config.train.epochs, static_cast<std::int64_t>(batches.size()), position_.step);
  seconds_waiting_for_ranks_ = seconds_waiting_for_checkpoints_ = gradient_norms_ = longest_save_ = 0;
  steps_ = 0;
  const std::int64_t images_before = images_;
  const auto next_share = [&] {
    const Phase phase(device_, "wait for data");
    return next_batches(loader, accumulate);
  };
  int requests = 0;
  for (auto share = next_share(); !share.empty(); share = next_share()) {
    report_failed_checkpoints();
    const bool may_save = config.run.checkpoint_seconds == 0 || !writer_.is_busy();
    const bool wants_checkpoint =
        ranks_.rank() == 0 && may_save && since_save_.seconds() >= config.run.checkpoint_seconds;
    const int request = (stop_was_requested() ? stop_request : 0) + (wants_checkpoint ? checkpoint_request : 0);
    const std::size_t number = static_cast<std::size_t>(position_.step) + underway_.size();
    requests = train_step({std::move(share), static_cast<std::int64_t>(batches[number].size())}, rate, request);
    if (requests == 0) continue;
    requests = std::max(requests, finish_steps());
    if (requests >= stop_request) break;
    const Stopwatch stopwatch;
    save();
    const double seconds = stopwatch.seconds();
    longest_save_ = std::max(longest_save_, seconds);
    seconds_waiting_for_checkpoints_ += seconds;
  }
  requests = std::max(requests, finish_steps());
  seconds_waiting_for_data_ = loader.seconds_waited();
  images_of_epoch_ = images_ - images_before;
  return requests >= stop_request ? TrainingEnd::stopped : TrainingEnd::finished;
}

// Returns the largest sum of the ranks' requests in a report that has arrived. On a GPU it is that of the step before,
// so that a request is met one step later, on every rank.
int Trainer::train_step(StepUnderway step, double rate, int request) {
  if (statistics_before_.defined()) statistics_before_.copy_(network().flat_buffers());
  underway_.push_back(std::move(step));
  return account_for(step_.take(underway_.back().share, underway_.back().people, rate, request));
}

int Trainer::finish_steps() { return account_for(step_.finish()); }

int Trainer::account_for(const std::vector<StepReport>& reports) {
  int requests = 0;
  for (const StepReport& report : reports) {
    const StepUnderway& step = underway_.front();
    if (!report.warning.empty()) log_.warning(report.warning);
    if (is_finite(report)) {
      position_.loss_so_far += report.loss * static_cast<double>(step.people);
      position_.zero_loss_so_far += report.zero_output_loss * static_cast<double>(step.people);
      gradient_norms_ += report.gradient_norm;
      ++steps_;
      log_.step(report.loss, report.gradient_norm, step.people);
    } else {
      skip_step(report, step);
    }
    ++position_.step;
    activity_.finished_step(position_.epoch, position_.step);
    seconds_waiting_for_ranks_ += report.seconds_waiting;
    images_ += step.people;
    requests = std::max(requests, report.requests);
    underway_.pop_front();
  }
  return requests;
}

// Reports a step without an update. Throws unless train.on_nan is skip.
void Trainer::skip_step(const StepReport& report, const StepUnderway& step) {
  const std::string problem = describe_non_finite_step(report, step_, step.share, step.people, setup_.train, ranks_);
  const std::string place = fmt::format("epoch {}, step {}", position_.epoch, position_.step + 1);
  if (setup_.config.train.on_nan == config::OnNan::stop) {
    writer_.finish();
    report_failed_checkpoints();
    const std::string last = newest_checkpoint_name(setup_.folder);
    throw SharedError(data_error(
        place, "check these people, lower train.learning_rate, use fp32, or skip such steps with train.on_nan",
        "{}; the last good checkpoint is {}", problem, last.empty() ? "none" : "ckpt/" + last));
  }
  network().flat_buffers().copy_(statistics_before_);
  position_.skipped_people += step.people;
  log_.warning(fmt::format("{}: {}; the step is skipped", place, problem));
}

void Trainer::finish_epoch(double seconds) {
  const config::RunConfig& config = setup_.config;
  if (position_.skipped_people == setup_.train.size()) {
    throw SharedError(data_error(fmt::format("epoch {}", position_.epoch), "lower train.learning_rate or use fp32",
                                 "no step had a finite loss and gradient"));
  }
  const auto people = static_cast<double>(setup_.train.size() - position_.skipped_people);
  const double loss = position_.loss_so_far / people;
  const double zero_loss = position_.zero_loss_so_far / people;
  log_.end_epoch({position_.epoch, config.train.epochs, loss, zero_loss, config.train.learning_rate_in(position_.epoch),
                  gradient_norms_ / static_cast<double>(std::max<std::int64_t>(steps_, 1)), seconds,
                  static_cast<double>(images_of_epoch_) / seconds, seconds_waiting_for_data_,
                  seconds_waiting_for_ranks_, device_.memory(), flop_per_image(), peak_flops(), longest_save_,
                  seconds_waiting_for_checkpoints_});
  const bool was_high = !position_.epoch_losses.empty() && position_.epoch_losses.back() >= 0.97 * zero_loss;
  if (was_high && loss >= 0.97 * zero_loss) {  // a single such epoch can be a spike
    log_.warning(fmt::format(
        "epoch {}: the training loss {:.4e} is not below that of an output of zero, {:.4e}: the network has "
        "collapsed or does not learn; try another train.learning_rate",
        position_.epoch, loss, zero_loss));
  }
  average_statistics();
  position_.epoch_losses.push_back(loss);
  const bool last = position_.epoch == config.train.epochs;
  if (!last && position_.epoch % config.run.validate_every == 0) validate();
  ++position_.epoch;
  position_.step = 0;
  position_.loss_so_far = position_.zero_loss_so_far = 0;
  position_.skipped_people = 0;
  save();
}

// Backward takes twice as much as forward: as much for the gradient of the inputs as for that of the weights.
double Trainer::flop_per_image() const {
  return 3 * 2.0 * static_cast<double>(config::count_multiply_adds(setup_.config.model, setup_.train.input_pixels()));
}

double Trainer::peak_flops() const {
  const config::RunConfig& config = setup_.config;
  return config.run.ranks * device_.peak_flops(config.train.precision, config.run.threads);
}

// Replaces each rank's running statistics by their mean over the ranks, for validation.
void Trainer::average_statistics() {
  average_over_ranks(network().flat_buffers(), ranks_);
  if (step_.average()) average_over_ranks(step_.average()->state().statistics, ranks_);
}

void Trainer::validate() {
  const evaluation::Predictions predictions = predict_validation();
  if (ranks_.rank() != 0) return;
  const evaluation::GroundTruth truth = evaluation::ground_truth(setup_.validation.files().front());
  const std::string headline = evaluation::headline_figure(truth.reference, *truth.skeleton);
  const evaluation::Figures figures = evaluation::evaluate(predictions, truth);
  log_.validation(position_.epoch, figures, headline);
  const auto figure = figures.find(headline);
  if (figure == figures.end()) return;
  if (position_.best_epoch > 0 && figure->second <= position_.best_figure) return;
  position_.best_epoch = position_.epoch;
  position_.best_figure = figure->second;
}

evaluation::Predictions Trainer::predict_validation() {
  activity_.enter(RankPhase::validating);
  const AveragedWeights averaged(step_.average());
  return predict(network(), setup_.config.tasks, setup_.validation, setup_.config.test,
                 setup_.config.run.loader_threads, device_.torch(), ranks_,
                 [&](std::int64_t) { activity_.made_progress(); });
}

void Trainer::save() {
  if (lease_) lease_->require_held();
  const Checkpoint state = state_of(step_, position_, ranks_);
  if (ranks_.rank() == 0) writer_.start(state);
  report_failed_checkpoints();
  since_save_ = {};
}

// Returns when the checkpoint is on disk.
void Trainer::save_before_stop() {
  activity_.enter(RankPhase::saving);
  if (lease_) lease_->require_held();
  const Checkpoint state = state_of(step_, position_, ranks_);
  std::vector<std::string> failures;
  if (ranks_.rank() == 0) {
    writer_.finish();
    report_failed_checkpoints();
    writer_.start(state);
    writer_.finish();
    failures = writer_.failures();
  }
  const at::Tensor failed =
      at::full({1}, static_cast<double>(failures.size()), at::TensorOptions(device_.torch()).dtype(at::kDouble));
  ranks_.sum(failed);
  if (failed.item<double>() == 0) return;
  throw SharedError(environment_error(setup_.folder.string(),
                                      "start it again: it continues from the last checkpoint that was written",
                                      "a stop was requested in epoch {} after step {}, but the checkpoint could not "
                                      "be written: {}",
                                      position_.epoch, position_.step, failures.empty() ? "" : failures.front()));
}

void Trainer::report_failed_checkpoints() {
  for (const std::string& failure : writer_.failures()) {
    log_.warning(fmt::format("a checkpoint could not be written, training continues without it: {}", failure));
  }
}

double Trainer::images_per_second() const { return seconds_ > 0 ? static_cast<double>(images_) / seconds_ : 0; }

}  // namespace pbn::worker
