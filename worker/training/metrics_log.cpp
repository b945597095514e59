#include "worker/training/metrics_log.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <optional>

#include "base/error.h"
#include "base/json.h"
#include "base/output.h"

namespace pbn::worker {
namespace {

// Ignores errors: training continues even if standard output is full or its terminal is closed.
void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

using Clock = std::chrono::steady_clock;

struct MetricsLog::State {
  explicit State(std::filesystem::path log_file) : file(std::move(log_file)) {}

  std::filesystem::path file;
  int epoch = 0, epochs = 0;
  std::int64_t steps = 0, step = 0;  // of this epoch
  std::int64_t first_step = 0;       // where this epoch was started or resumed
  std::int64_t images = 0;           // since then
  std::int64_t images_at_last_line = 0;
  double smoothed_rate = 0;  // images per second
  double smoothed_loss = 0;
  Clock::time_point last_line;
  std::optional<Progress> bar;

  std::vector<Json> unwritten;  // warnings
  bool is_failing = false;      // the last line may be incomplete

  void write(const Json& value);
  void update_rate(double seconds);  // since the last line
};

void MetricsLog::State::update_rate(double seconds) {
  constexpr double memory = 10;  // time constant of the exponential average, in seconds
  const double rate = static_cast<double>(images - images_at_last_line) / seconds;
  smoothed_rate = smoothed_rate == 0 ? rate : rate + (smoothed_rate - rate) * std::exp(-seconds / memory);
  images_at_last_line = images;
}

void MetricsLog::State::write(const Json& value) {
  if (value.at("kind") == "warning") unwritten.push_back(value);
  try {
    if (is_failing) append_json_line(file, {{"kind", "gap"}});  // terminates an incomplete line
    while (!unwritten.empty()) {
      append_json_line(file, unwritten.front());
      unwritten.erase(unwritten.begin());
    }
    if (value.at("kind") != "warning") append_json_line(file, value);
    is_failing = false;
  } catch (const Error& error) {
    if (!std::exchange(is_failing, true))
      print_to_stderr(fmt::format("pbn_worker: warning: {}; training continues\n", error.what()));
  }
}

MetricsLog::MetricsLog(const std::filesystem::path& folder, bool is_writer) {
  if (is_writer) state_ = std::make_unique<State>(folder / "metrics.jsonl");
}

MetricsLog::~MetricsLog() = default;

void MetricsLog::start(const std::string& text) {
  if (!state_) return;
  print(text + "\n");
  state_->write({{"kind", "start"}, {"text", text}});
}

void MetricsLog::begin_epoch(int epoch, int epochs, std::int64_t steps, std::int64_t steps_done) {
  if (!state_) return;
  state_->epoch = epoch;
  state_->epochs = epochs;
  state_->steps = steps;
  state_->step = state_->first_step = steps_done;
  state_->images = state_->images_at_last_line = 0;
  state_->smoothed_loss = 0;
  state_->last_line = Clock::now();
  state_->bar.emplace(fmt::format("epoch {}/{}", epoch, epochs), steps - steps_done, "steps");
}

void MetricsLog::step(double loss, double gradient_norm, std::int64_t images) {
  if (!state_) return;
  State& state = *state_;
  ++state.step;
  state.images += images;
  state.smoothed_loss = state.smoothed_loss == 0 ? loss : 0.95 * state.smoothed_loss + 0.05 * loss;
  state.bar->advance(1, fmt::format("loss {:.3e}", state.smoothed_loss));
  const auto now = Clock::now();
  if (now - state.last_line < std::chrono::seconds(1)) return;
  state.update_rate(std::chrono::duration<double>(now - state.last_line).count());
  state.last_line = now;
  const double images_per_step = static_cast<double>(state.images) / static_cast<double>(state.step - state.first_step);
  const auto steps_left = static_cast<double>((state.epochs - state.epoch + 1) * state.steps - state.step);
  state.write({{"kind", "progress"},
               {"epoch", state.epoch},
               {"epochs", state.epochs},
               {"step", state.step},
               {"steps", state.steps},
               {"loss", state.smoothed_loss},
               {"gradient_norm", gradient_norm},
               {"images_per_second", state.smoothed_rate},
               {"seconds_left", steps_left * images_per_step / state.smoothed_rate}});
}

void MetricsLog::end_epoch(const EpochSummary& summary) {
  if (!state_) return;
  state_->bar.reset();
  const double share_of_peak =
      summary.peak_flops > 0 ? summary.images_per_second * summary.flop_per_image / summary.peak_flops : 0;
  const double ms_per_step = 1e3 / static_cast<double>(std::max<std::int64_t>(state_->step - state_->first_step, 1));
  const double ms_for_data = ms_per_step * summary.seconds_waiting_for_data;
  const double ms_for_ranks = ms_per_step * summary.seconds_waiting_for_ranks;
  print(fmt::format(
      "epoch {}/{}: loss {:.4e}, learning rate {:.1e}, {:.1f} images/s, {:.0f}% of {:.3g} TFLOP/s, a step waited "
      "{:.1f} ms for data, {:.1f} ms for ranks\n",
      summary.epoch, summary.epochs, summary.training_loss, summary.learning_rate, summary.images_per_second,
      100 * share_of_peak, 1e-12 * summary.peak_flops, ms_for_data, ms_for_ranks));
  state_->write({{"kind", "epoch"},
                 {"epoch", summary.epoch},
                 {"epochs", summary.epochs},
                 {"steps", state_->steps},
                 {"training_loss", summary.training_loss},
                 {"zero_output_loss", summary.zero_output_loss},
                 {"learning_rate", summary.learning_rate},
                 {"gradient_norm", summary.gradient_norm},
                 {"seconds", summary.seconds},
                 {"images_per_second", summary.images_per_second},
                 {"seconds_waiting_for_data", summary.seconds_waiting_for_data},
                 {"seconds_waiting_for_ranks", summary.seconds_waiting_for_ranks},
                 {"ms_per_step_waiting_for_data", ms_for_data},
                 {"ms_per_step_waiting_for_ranks", ms_for_ranks},
                 {"assumed_peak_tflops", 1e-12 * summary.peak_flops},
                 {"share_of_peak", share_of_peak},
                 {"checkpoint_stall_ms", 1e3 * summary.longest_save},
                 {"seconds_waiting_for_checkpoints", summary.seconds_waiting_for_checkpoints},
                 {"peak_memory_mib", summary.memory.peak >> 20},
                 {"reserved_memory_mib", summary.memory.reserved >> 20},
                 {"device_memory_mib", summary.memory.total >> 20}});
}

void MetricsLog::validation(int epoch, const evaluation::Figures& figures, const std::string& headline) {
  if (!state_) return;
  const auto found = figures.find(headline);
  if (found != figures.end()) print(fmt::format("epoch {}: {} {:.2f}\n", epoch, headline, found->second));
  state_->write({{"kind", "validation"}, {"epoch", epoch}, {"figures", figures}});
}

void MetricsLog::warning(const std::string& text) {
  if (!state_) return;
  print_to_stderr(fmt::format("pbn_worker: warning: {}\n", text));
  state_->write({{"kind", "warning"}, {"text", text}});
}

void MetricsLog::stop(const std::string& text) {
  if (!state_) return;
  state_->bar.reset();
  print(text + "\n");
  state_->write({{"kind", "stop"}, {"text", text}});
}

}  // namespace pbn::worker
