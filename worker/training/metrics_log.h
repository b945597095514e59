// The progress of a run: metrics.jsonl for programs, one line per epoch and a progress bar for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/progress.h"
#include "evaluation/metrics.h"
#include "worker/device/device.h"

namespace pbn::worker {

struct EpochSummary {
  int epoch = 0, epochs = 0;
  double training_loss = 0, zero_output_loss = 0, learning_rate = 0;
  double gradient_norm = 0;  // mean over the steps of this attempt
  double seconds = 0, images_per_second = 0;
  double seconds_waiting_for_data = 0, seconds_waiting_for_ranks = 0;  // of rank 0
  MemoryFigures memory{};                                              // of rank 0
  double flop_per_image = 0;                                           // counted, forward and backward
  double peak_flops = 0;    // assumed peak per second of all ranks (device.h); 0: unknown
  double longest_save = 0;  // longest time in seconds for which a checkpoint within the epoch stopped training
  double seconds_waiting_for_checkpoints = 0;  // the sum of these times
};

// Each entry is a line of DIR/metrics.jsonl with a "kind": "start", "progress" (about once a second), "epoch",
// "validation", "warning", "stop" or "gap". After a resume an epoch can have two lines: the last one counts. Lines that
// cannot be written, for example to a full disk, are dropped, except warnings, which are written later. The first
// failure is reported on standard error.
class MetricsLog {
 public:
  // Only rank 0 writes; on other ranks all functions do nothing.
  MetricsLog(const std::filesystem::path& folder, bool is_writer);
  ~MetricsLog();

  void start(const std::string& text);
  void begin_epoch(int epoch, int epochs, std::int64_t steps, std::int64_t steps_done);
  void step(double loss, double gradient_norm, std::int64_t images);
  void end_epoch(const EpochSummary& summary);
  void validation(int epoch, const evaluation::Figures& figures, const std::string& headline);
  void warning(const std::string& text);
  void stop(const std::string& text);

 private:
  struct State;
  std::unique_ptr<State> state_;  // null if this rank does not write
};

}  // namespace pbn::worker
