// The parameters and buffers of a network: collected while its layers are built, then packed into flat memory.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pbn::model {

// A tensor with its name in files and messages.
struct NamedTensor {
  std::string name;  // for example "stack0.hourglass.level3.upper.conv1.weight"
  at::Tensor tensor;
};

// Layers create their tensors here by name and keep references to them; pack() then moves the values of all tensors
// into flat memory, so that the layers' tensors become views of it.
class Parameters {
 public:
  Parameters(std::uint64_t seed, bool uniform_gamma) : seed_(seed), uniform_gamma_(uniform_gamma) {}

  // U(+-1/sqrt(fan_in)) drawn from (seed, name) in logical order, independent of the layout in memory.
  at::Tensor uniform(const std::string& name, at::IntArrayRef sizes, std::int64_t fan_in);
  at::Tensor gamma(const std::string& name, std::int64_t channels);
  at::Tensor beta(const std::string& name, std::int64_t channels);
  at::Tensor buffer(const std::string& name, std::int64_t channels, double value);

  // Turns the parameters into leaves whose values and gradients are views of flat memory of this type on this device.
  // The gradients use the memory of `gradients` if that is defined. No layer may be built afterwards.
  void pack(at::ScalarType type, at::Device device, const at::Tensor& gradients = {});

  std::vector<NamedTensor> parameters, buffers;
  at::Tensor flat_parameters, flat_gradients, flat_buffers;

 private:
  at::Tensor drawn(const std::string& name, at::IntArrayRef sizes, double low, double high);

  std::uint64_t seed_;
  bool uniform_gamma_;
};

}  // namespace pbn::model
