#include "worker/checkpoints/checkpoint_writer.h"

#include <ATen/ATen.h>

#include "base/error.h"

namespace pbn::worker {
namespace {

// Training must be able to continue from every checkpoint.
void require_finite(const Checkpoint& checkpoint) {
  for (const at::Tensor* state : {&checkpoint.parameters, &checkpoint.mean_square, &checkpoint.statistics}) {
    if (state->isfinite().all().item<bool>()) continue;
    const Position& position = checkpoint.position;
    throw data_error(fmt::format("epoch {}, step {}", position.epoch, position.step), "",
                     "weights or statistics are not finite");
  }
}

}  // namespace

CheckpointWriter::CheckpointWriter(std::filesystem::path folder, Json identity, int keep)
    : folder_(std::move(folder)), identity_(std::move(identity)), keep_(keep) {}

CheckpointWriter::~CheckpointWriter() { finish(); }

void CheckpointWriter::prepare(const Checkpoint& state) { copy_ = state.copy(); }

void CheckpointWriter::start(const Checkpoint& state) {
  finish();
  copy_ = state.copy(std::move(copy_));
  writing_ = std::async(std::launch::async, [this] {
    require_finite(*copy_);
    save_checkpoint(folder_, identity_, *copy_, keep_);
  });
}

bool CheckpointWriter::is_busy() const {
  return writing_.valid() && writing_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

void CheckpointWriter::finish() {
  if (!writing_.valid()) return;
  try {
    writing_.get();
  } catch (const std::exception& error) {
    failures_.emplace_back(error.what());
  }
}

std::vector<std::string> CheckpointWriter::failures() {
  if (!is_busy()) finish();
  return std::exchange(failures_, {});
}

}  // namespace pbn::worker
