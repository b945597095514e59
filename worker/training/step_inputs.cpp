#include "worker/training/step_inputs.h"

#include <ATen/ATen.h>

#include <cmath>

#include "model/heat_maps.h"

namespace pbn {
namespace {

// Batches of the loader become tensors without a copy; they must outlive them.
at::Tensor view_of(std::span<const std::uint8_t> values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<std::uint8_t*>(values.data()), shape, at::kByte);
}

at::Tensor view_of(const std::vector<float>& values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

at::Tensor pixels_of(const Batch& batch) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(batch.pixels.size() / 3 / batch.people.size())));
  return view_of(batch.pixels, {people, side, side, 3});
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

at::Tensor network_input(const Batch& batch, const Network& network, const at::Device& device) {
  return network_input(pixels_of(batch).to(device), network);
}

at::Tensor network_input(const at::Tensor& pixels, const Network& network) {
  return normalised_images(pixels, mpii_mean_rgb, network.activation_type());
}

}  // namespace pbn
