// Own kernels (model/kernels/kernels.h) against LibTorch's operations: for each operation of the network and each
// shape, forward and backward, how far both are from the same in float64, and how long both take.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "base/table.h"
#include "model/kernels/kernels.h"
#include "worker/device/device.h"

namespace pbn::worker {

// A differentiable operation on fixed inputs.
struct KernelCase {
  struct Input {
    std::string name{};
    at::Tensor values{};        // float64, on the device; exact in the type that the operation gets
    bool is_parameter = false;  // float32 where images are bfloat16
    bool has_gradient = true;
  };

  std::string operation;  // "convolution 3x3"
  std::string shape;      // "16 x 256 x 64 x 64"
  at::ScalarType type;    // of images: bfloat16, float32 or float64
  std::vector<Input> inputs{};
  // Results, the first of which backward begins with. May change inputs that have no gradient; compared, too.
  std::function<std::vector<at::Tensor>(const std::vector<at::Tensor>& inputs)> run{};
  std::vector<at::Tensor> result_gradients{};  // float64, of each result; undefined: none
};

struct KernelComparison {
  std::string operation, shape, type;
  std::string worst{};  // the result or gradient in which own kernels have the largest share of what is allowed
  // The largest difference from float64 in it, relative to its largest value.
  double own_error = 0, aten_error = 0, allowed = 0;
  double own_seconds = 0, aten_seconds = 0;  // forward and backward, median; 0: not measured

  // An own kernel may err twice as much as LibTorch's, and by two roundings more; in float64 by 2e-12 more.
  bool is_right() const { return own_error <= allowed; }
};

// Uses and replaces the kernels of the device (use_kernels), those before are in use again afterwards. Times are the
// median of so many runs; 0: none are measured.
KernelComparison compare_kernels(const KernelCase& one, const Device& device, const model::Kernels& own, int runs);

Table table_of(const std::vector<KernelComparison>& comparisons);

}  // namespace pbn::worker
