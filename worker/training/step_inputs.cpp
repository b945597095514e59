#include "worker/training/step_inputs.h"

#include <ATen/ATen.h>

#include "worker/prediction/network_input.h"

namespace pbn {
namespace {

// Batches of the loader become tensors without a copy; they must outlive them.
at::Tensor view_of(std::span<const std::uint8_t> values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<std::uint8_t*>(values.data()), shape, at::kByte);
}

at::Tensor view_of(const std::vector<float>& values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

}  // namespace

StepInputs step_inputs(const Batch& batch, const at::Tensor& tasks, const at::Device& device, at::ScalarType type) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const std::int64_t parts = static_cast<std::int64_t>(batch.labelled.size()) / people;
  return {pixels_of(batch).to(device),
          view_of(batch.joints, {people, parts, 2}).index_select(1, tasks).to(device, type),
          view_of(batch.labelled, {people, parts}).index_select(1, tasks).to(device)};
}

FixedInputs::FixedInputs(const StepInputs& like, const at::Device& device) {
  const auto places = [&](const at::TensorOptions& where) {
    const auto place = [&](const at::Tensor& tensor) { return at::empty(tensor.sizes(), where.dtype(tensor.dtype())); };
    return StepInputs{place(like.pixels), place(like.joints), place(like.labelled)};
  };
  on_device_ = places(device);
  if (device.is_cuda()) pinned_ = places(at::TensorOptions(at::kCPU).pinned_memory(true));
}

void FixedInputs::take(const StepInputs& inputs) {
  const auto copy = [](const at::Tensor& from, const at::Tensor& pinned, const at::Tensor& to) {
    to.copy_(pinned.defined() ? pinned.copy_(from) : from, /*non_blocking=*/true);
  };
  copy(inputs.pixels, pinned_.pixels, on_device_.pixels);
  copy(inputs.joints, pinned_.joints, on_device_.joints);
  copy(inputs.labelled, pinned_.labelled, on_device_.labelled);
}

}  // namespace pbn
