#include "worker/training/step_inputs.h"

#include <ATen/ATen.h>

#include "worker/prediction/network_input.h"

namespace pbn::worker {
namespace {

// Of ordinary memory CUDA makes a copy only when the stream has nothing else to do, and the host would wait for it.
// LibTorch uses pinned memory for nothing else before the copies from it are complete.
at::Tensor ready_to_copy(const at::Tensor& tensor, const at::Device& device) {
  return device.is_cuda() ? tensor.pin_memory() : tensor;
}

at::Tensor copied_to(const at::Device& device, const at::Tensor& tensor) {
  return ready_to_copy(tensor, device).to(device, /*dtype=*/tensor.scalar_type(), /*non_blocking=*/true);
}

}  // namespace

StepInputs step_inputs(const data::Batch& batch, const at::Tensor& tasks, const at::Device& device,
                       at::ScalarType type) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const std::int64_t parts = static_cast<std::int64_t>(batch.labelled.size()) / people;
  const at::Tensor joints = at::from_blob(const_cast<float*>(batch.joints.data()), {people, parts, 2}, at::kFloat);
  const at::Tensor labelled =
      at::from_blob(const_cast<std::uint8_t*>(batch.labelled.data()), {people, parts}, at::kByte);
  return {copied_to(device, pixels_of(batch)), copied_to(device, joints.index_select(1, tasks).to(type)),
          copied_to(device, labelled.index_select(1, tasks))};
}

FixedInputs::FixedInputs(const StepInputs& like, const at::Device& device) {
  const auto place = [&](const at::Tensor& tensor) {
    return at::empty(tensor.sizes(), at::TensorOptions(device).dtype(tensor.dtype()));
  };
  on_device_ = {place(like.pixels), place(like.joints), place(like.labelled)};
  copy_from(like);
}

void FixedInputs::copy_from(const StepInputs& inputs) {
  const auto copy = [](const at::Tensor& from, const at::Tensor& to) {
    to.copy_(ready_to_copy(from, to.device()), /*non_blocking=*/true);
  };
  copy(inputs.pixels, on_device_.pixels);
  copy(inputs.joints, on_device_.joints);
  copy(inputs.labelled, on_device_.labelled);
}

}  // namespace pbn::worker
