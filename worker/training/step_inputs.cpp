#include "worker/training/step_inputs.h"

#include <ATen/ATen.h>

#include "worker/prediction/network_input.h"

namespace pbn::worker {

StepInputs step_inputs(const data::Batch& batch, const at::Tensor& tasks, const at::Device& device,
                       at::ScalarType type) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const std::int64_t parts = static_cast<std::int64_t>(batch.labelled.size()) / people;
  const at::Tensor joints = at::from_blob(const_cast<float*>(batch.joints.data()), {people, parts, 2}, at::kFloat);
  const at::Tensor labelled =
      at::from_blob(const_cast<std::uint8_t*>(batch.labelled.data()), {people, parts}, at::kByte);
  return {pixels_of(batch).to(device), joints.index_select(1, tasks).to(device, type),
          labelled.index_select(1, tasks).to(device)};
}

FixedInputs::FixedInputs(const StepInputs& like, const at::Device& device) {
  const auto places = [&](const at::TensorOptions& where) {
    const auto place = [&](const at::Tensor& tensor) { return at::empty(tensor.sizes(), where.dtype(tensor.dtype())); };
    return StepInputs{place(like.pixels), place(like.joints), place(like.labelled)};
  };
  on_device_ = places(device);
  if (device.is_cuda()) pinned_ = places(at::TensorOptions(at::kCPU).pinned_memory(true));
}

void FixedInputs::copy_from(const StepInputs& inputs) {
  const auto copy = [](const at::Tensor& from, const at::Tensor& pinned, const at::Tensor& to) {
    to.copy_(pinned.defined() ? pinned.copy_(from) : from, /*non_blocking=*/true);
  };
  copy(inputs.pixels, pinned_.pixels, on_device_.pixels);
  copy(inputs.joints, pinned_.joints, on_device_.joints);
  copy(inputs.labelled, pinned_.labelled, on_device_.labelled);
}

}  // namespace pbn::worker
