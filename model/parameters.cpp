#include "model/parameters.h"

#include <ATen/ATen.h>

#include <cmath>

#include "base/random.h"

namespace pbn::model {
namespace {

std::int64_t rounded_up(std::int64_t length, std::int64_t alignment) {
  return (length + alignment - 1) / alignment * alignment;
}

at::Tensor slice_like(const at::Tensor& flat, const at::Tensor& tensor, std::int64_t offset) {
  return flat.as_strided(tensor.sizes(), tensor.strides(), offset);
}

// Replaces the tensors' memory by consecutive slices of one new buffer. The strides stay: channels_last weights are
// channels_last in the buffer, too. (A later change of a tensor's layout would silently detach it from the buffer.)
at::Tensor flattened(std::vector<NamedTensor>& tensors, at::ScalarType type, at::Device device,
                     std::int64_t alignment) {
  std::int64_t length = 0;
  for (const auto& [name, tensor] : tensors) length += rounded_up(tensor.numel(), alignment);
  at::Tensor flat = at::zeros({length}, at::dtype(type).device(device));
  std::int64_t offset = 0;
  for (auto& [name, tensor] : tensors) {
    at::Tensor slice = slice_like(flat, tensor, offset);
    slice.copy_(tensor);
    tensor.set_data(slice);
    offset += rounded_up(tensor.numel(), alignment);
  }
  return flat;
}

}  // namespace

at::Tensor Parameters::uniform(const std::string& name, at::IntArrayRef sizes, std::int64_t fan_in) {
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  return drawn(name, sizes, -bound, bound);
}

at::Tensor Parameters::gamma(const std::string& name, std::int64_t channels) {
  if (uniform_gamma_) return drawn(name, {channels}, 0, 1);
  return parameters.emplace_back(name, at::ones({channels}, at::kDouble)).tensor;
}

at::Tensor Parameters::beta(const std::string& name, std::int64_t channels) {
  return parameters.emplace_back(name, at::zeros({channels}, at::kDouble)).tensor;
}

at::Tensor Parameters::buffer(const std::string& name, std::int64_t channels, double value) {
  return buffers.emplace_back(name, at::full({channels}, value, at::kDouble)).tensor;
}

at::Tensor Parameters::drawn(const std::string& name, at::IntArrayRef sizes, double low, double high) {
  at::Tensor values = at::empty(sizes, at::kDouble);
  Random random(seed_, 0, stream_of(name), Purpose::weights);
  double* const first = values.data_ptr<double>();
  for (std::int64_t i = 0; i < values.numel(); ++i) first[i] = random.uniform(low, high);
  if (values.dim() == 4) values = values.contiguous(at::MemoryFormat::ChannelsLast);
  return parameters.emplace_back(name, values).tensor;
}

at::Tensor Parameters::rounded_copy() {
  return rounded_copies_.emplace_back(parameters.size() - 1, at::empty({0}, at::kBFloat16)).tensor;
}

void Parameters::pack(at::ScalarType type, at::Device device, const Packing& packing) {
  flat_parameters = flattened(parameters, type, device, packing.alignment);
  flat_buffers = flattened(buffers, type, device, 1);
  flat_gradients = packing.gradients.defined() ? packing.gradients : at::zeros_like(flat_parameters);
  for (auto& [name, tensor] : parameters) {
    tensor.set_requires_grad(true);
    tensor.mutable_grad() = slice_like(flat_gradients, tensor, tensor.storage_offset());
  }
  if (!packing.keeps_rounded) return;
  flat_rounded = flat_parameters.to(at::kBFloat16);
  for (RoundedCopy& copy : rounded_copies_) {
    const at::Tensor& parameter = parameters[copy.parameter].tensor;
    copy.tensor.set_data(slice_like(flat_rounded, parameter, parameter.storage_offset()));
  }
  rounded_version_ = version();
}

void Parameters::round_if_changed() {
  if (!flat_rounded.defined() || version() == rounded_version_) return;
  flat_rounded.copy_(flat_parameters);
  rounded_version_ = version();
}

// Grows with each change. A leaf counts the changes made through it, the flat tensor those made through itself.
std::int64_t Parameters::version() const {
  std::int64_t changes = flat_parameters._version();
  for (const auto& [name, tensor] : parameters) changes += tensor._version();
  return changes;
}

bool Parameters::has_gaps() const {
  std::int64_t length = 0;
  for (const auto& [name, tensor] : parameters) length += tensor.numel();
  return length != flat_parameters.numel();
}

at::Tensor Parameters::without_gaps(const at::Tensor& flat) const {
  if (!has_gaps()) return flat;
  std::vector<at::Tensor> slices;
  for (const auto& [name, tensor] : parameters) {
    slices.push_back(flat.narrow(0, tensor.storage_offset(), tensor.numel()));
  }
  return at::cat(slices);
}

at::Tensor Parameters::with_gaps(const at::Tensor& values) const {
  if (!has_gaps()) return values;
  at::Tensor flat = at::zeros(flat_parameters.sizes(), values.options());
  std::int64_t offset = 0;
  for (const auto& [name, tensor] : parameters) {
    flat.narrow(0, tensor.storage_offset(), tensor.numel()).copy_(values.narrow(0, offset, tensor.numel()));
    offset += tensor.numel();
  }
  return flat;
}

}  // namespace pbn::model
