// BatchNorm with ReLU from four passes over memory, which each have two implementations: own ones on the CPU, where
// LibTorch's separate BatchNorm and ReLU read and write 50% more (cpu/), and LibTorch's operations, for synchronised
// BatchNorm on a GPU without own kernels (aten/).
//
// x and dy (B, C, H, W) of one type, channels_last; sums (2, C) in double; all other vectors (C), float32, or float64
// for x in float64. ReLU passes an element where scale x + shift > 0.
#pragma once

#include "model/kernels/kernels.h"

namespace pbn::model {

struct BatchNormPasses {
  // The sums of x and of its squares. The same bits for any number of threads.
  at::Tensor (*sums_per_channel)(const at::Tensor& x);

  // max(0, scale x + shift), of x's type.
  at::Tensor (*scaled_relu)(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift);

  // The sums of dy and of dy x over the elements that ReLU passes.
  at::Tensor (*gradient_sums_per_channel)(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale,
                                          const at::Tensor& shift);

  // a dy (0 where ReLU does not pass) + b x + c + rest, of x's type. `rest` has the shape of dy or is undefined.
  at::Tensor (*input_gradient)(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale,
                               const at::Tensor& shift, const at::Tensor& a, const at::Tensor& b, const at::Tensor& c,
                               const at::Tensor& rest);
};

extern const BatchNormPasses cpu_passes, aten_passes;

// Kernels::normalise and its gradients (kernels.h).
Normalised normalise_by(const BatchNormPasses& passes, const at::Tensor& x, const BatchNormTensors& tensors,
                        const SumOverRanks& sum);
BatchNormGradients normalise_gradients_by(const BatchNormPasses& passes, const at::Tensor& dy, const at::Tensor& rest,
                                          const at::Tensor& x, const BatchNormTensors& tensors,
                                          const Normalised& forward, const SumOverRanks& sum);

}  // namespace pbn::model
