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

struct Packing {
  at::Tensor gradients = {};   // the memory of the flat gradient; undefined: it is allocated
  std::int64_t alignment = 1;  // every parameter begins at a multiple of so many elements; the gaps are zeros
  bool keeps_rounded = false;  // keep a copy of the parameters in bfloat16 (Parameters::rounded())
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

  // The copy in bfloat16 of the parameter that was created last. It is empty unless pack() keeps copies.
  at::Tensor rounded_copy();

  // Turns the parameters into leaves whose values and gradients are views of flat memory of this type on this device.
  // No layer may be built afterwards.
  void pack(at::ScalarType type, at::Device device, const Packing& packing = {});

  // Rounds the parameters again if LibTorch's operations have changed them since the last time.
  void round_if_changed();

  // A flat tensor as if all of its slices followed each other without gaps, and the reverse; the tensor itself if they
  // do.
  at::Tensor without_gaps(const at::Tensor& flat) const;
  at::Tensor with_gaps(const at::Tensor& values) const;

  std::vector<NamedTensor> parameters, buffers;
  at::Tensor flat_parameters, flat_gradients, flat_buffers;
  at::Tensor flat_rounded;  // undefined if no copies are kept

 private:
  struct RoundedCopy {
    std::size_t parameter;
    at::Tensor tensor;
  };

  at::Tensor drawn(const std::string& name, at::IntArrayRef sizes, double low, double high);
  bool has_gaps() const;
  std::int64_t version() const;

  std::uint64_t seed_;
  bool uniform_gamma_;
  std::vector<RoundedCopy> rounded_copies_;
  std::int64_t rounded_version_ = 0;
};

}  // namespace pbn::model
