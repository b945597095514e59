// The arithmetic behind the operations (operations.h): tables of own kernels, one for the CPU (cpu/) and one for GPUs
// (cuda/). Autograd and the network do not know which is used.
//
// Tensors are as in operations.h. `type` below is the type of the arithmetic: float32, or float64 for inputs in
// float64. A gradient of a parameter is returned undefined if the kernel has already added it to parameter.grad().
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "model/kernels/operations.h"

namespace pbn::model {

// The result of batch_norm_relu() in training and what its gradient needs.
struct Normalised {
  at::Tensor y;
  at::Tensor mean, inverse_deviation;  // (C) float64
  at::Tensor count;                    // float64 scalar: elements of a channel, over all ranks if synchronised
  at::Tensor scale, shift;             // (C): y = max(0, scale x + shift)
};

struct BatchNormGradients {
  at::Tensor x, gamma, beta;
};

struct ConvolutionInputs {
  at::Tensor x;
  at::Tensor weight;  // of x's type
  at::Tensor bias;    // the parameter
  std::optional<at::Tensor> addend;
  bool bias_is_absorbed;
};

struct ConvolutionGradientInputs {
  at::Tensor dy, x;
  at::Tensor weight;                            // of x's type
  at::Tensor weight_parameter, bias_parameter;  // whose gradients are wanted
  bool bias_is_absorbed;
  bool needs_x;  // whether the gradient of x is wanted
};

struct ConvolutionGradients {
  at::Tensor x, weight, bias;
};

// The squared error of heat maps (B, K, H, W) of several stacks, contiguous, float32 or float64.
struct SquaredErrorInputs {
  std::vector<at::Tensor> maps;
  at::Tensor targets;  // (B, K, H, W)
  at::Tensor mask;     // (B, K): 0 leaves a heat map out, else 1
};

// One step of RMSProp (worker/training/rmsprop.h) over flat tensors of one length.
struct RmsPropStep {
  at::Tensor parameters, mean_square, gradients;
  at::Tensor rounded;        // the parameters in bfloat16, updated too; may be undefined
  at::Tensor learning_rate;  // float64 scalar
  at::Tensor figures;        // float64: unless all are finite, nothing is changed
  double decay, epsilon;
};

// A null member means: the operation is made of LibTorch's.
struct Kernels {
  Normalised (*normalise)(const at::Tensor& x, const BatchNormTensors& tensors, const SumOverRanks& sum) = nullptr;
  // `rest` is the gradient of the input's other readers, or undefined. Of `forward`, y is not used.
  BatchNormGradients (*normalise_gradients)(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x,
                                            const BatchNormTensors& tensors, const Normalised& forward,
                                            const SumOverRanks& sum) = nullptr;
  // max(0, scale x + shift), scale and shift (C) of `type`.
  at::Tensor (*scale_relu)(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) = nullptr;

  bool (*convolves)(const at::Tensor& x) = nullptr;  // whether the next two support this input
  at::Tensor (*convolve)(const ConvolutionInputs& inputs) = nullptr;
  ConvolutionGradients (*convolve_gradients)(const ConvolutionGradientInputs& inputs) = nullptr;

  at::Tensor (*halve)(const at::Tensor& x) = nullptr;
  at::Tensor (*halve_gradient)(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x) = nullptr;
  at::Tensor (*add_doubled)(const at::Tensor& fine, const at::Tensor& coarse) = nullptr;
  at::Tensor (*sum_of_2x2)(const at::Tensor& fine) = nullptr;

  // -> float64 scalar, summed over all stacks
  at::Tensor (*squared_error)(const SquaredErrorInputs& inputs) = nullptr;
  // factor (float64 scalar) -> for each stack the gradient of factor times the squared error
  std::vector<at::Tensor> (*squared_error_gradients)(const SquaredErrorInputs& inputs,
                                                     const at::Tensor& factor) = nullptr;

  at::Tensor (*norm)(const at::Tensor& flat) = nullptr;  // Euclidean -> float64 (1)
  void (*rmsprop)(const RmsPropStep& step) = nullptr;
};

// The kernels for tensors on this kind of device. At the start the CPU has those of cpu/, and GPUs have none.
const Kernels& kernels_for(at::DeviceType device);
inline const Kernels& kernels_for(const at::Tensor& x) { return kernels_for(x.device().type()); }

// Replaces them, for all networks of the process; `kernels` must live as long. Not while one computes.
void use_kernels(at::DeviceType device, const Kernels& kernels);

// No own kernels: all operations are LibTorch's.
extern const Kernels aten_kernels;

}  // namespace pbn::model
