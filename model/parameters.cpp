#include "model/parameters.h"

#include <ATen/ATen.h>

#include <cmath>

#include "base/random.h"

namespace pbn::model {
namespace {

// Replaces the tensors' memory by consecutive slices of one new buffer. The strides stay: channels_last weights are
// channels_last in the buffer, too. (A later change of a tensor's layout would silently detach it from the buffer.)
at::Tensor flattened(std::vector<NamedTensor>& tensors, at::ScalarType type, at::Device device) {
  std::int64_t length = 0;
  for (const auto& [name, tensor] : tensors) length += tensor.numel();
  at::Tensor flat = at::empty({length}, at::dtype(type).device(device));
  std::int64_t offset = 0;
  for (auto& [name, tensor] : tensors) {
    at::Tensor slice = flat.as_strided(tensor.sizes(), tensor.strides(), offset);
    slice.copy_(tensor);
    tensor.set_data(slice);
    offset += tensor.numel();
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

void Parameters::pack(at::ScalarType type, at::Device device, const at::Tensor& gradients) {
  flat_parameters = flattened(parameters, type, device);
  flat_buffers = flattened(buffers, type, device);
  flat_gradients = gradients.defined() ? gradients : at::zeros_like(flat_parameters);
  for (auto& [name, tensor] : parameters) {
    tensor.set_requires_grad(true);
    tensor.mutable_grad() = flat_gradients.as_strided(tensor.sizes(), tensor.strides(), tensor.storage_offset());
  }
}

}  // namespace pbn::model
