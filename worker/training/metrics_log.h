// What a run says while it works: metrics.jsonl for programs, one line per epoch and a bar for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/progress.h"
#include "evaluation/metrics.h"
#include "worker/device/device.h"

namespace pbn {

struct EpochSummary {
  int epoch = 0, epochs = 0;
  double training_loss = 0, zero_output_loss = 0, learning_rate = 0;
  double gradient_norm = 0;  // mean over the steps of this attempt
  double seconds = 0, images_per_second = 0;
  double seconds_waiting_for_data = 0, seconds_waiting_for_ranks = 0;  // of rank 0
  MemoryFigures memory{};                                              // of rank 0
  double flop_per_image = 0;                                           // forward and backward, counted
  double peak_flops = 0;    // per second, of all ranks, as assumed (device.h); 0: unknown
  double longest_save = 0;  // seconds that training stood still for a checkpoint in mid-epoch, at most
};

// Only rank 0's log speaks; the others' calls do nothing. Each value is one line of DIR/metrics.jsonl with a "kind":
// "start", "progress" (about once a second), "epoch", "validation", "warning", "stop", "gap". After a resume an epoch's
// line can come twice: the last one counts. What cannot be written, because the disk is full, is left out, but for
// warnings, which are written when that is possible again; the first time is told on standard error.
class MetricsLog {
 public:
  MetricsLog(const std::filesystem::path& folder, bool speaks);
  ~MetricsLog();

  void start(const std::string& text);  // shown as it is, and kept
  void begin_epoch(int epoch, int epochs, std::int64_t steps, std::int64_t steps_done);
  void step(double loss, double gradient_norm, std::int64_t images);
  void end_epoch(const EpochSummary& summary);
  void validation(int epoch, const Figures& figures, const std::string& headline);
  void warning(const std::string& text);
  void stop(const std::string& text);

 private:
  struct State;
  std::unique_ptr<State> state_;  // null where it does not speak
};

}  // namespace pbn
