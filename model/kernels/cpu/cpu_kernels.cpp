#include "model/kernels/cpu/cpu_kernels.h"

#include "model/kernels/batch_norm_passes.h"

namespace pbn::model {
namespace {

Normalised normalise_on_cpu(const at::Tensor& x, const BatchNormTensors& tensors, const SumOverRanks& sum) {
  return normalise_by(cpu_passes, x, tensors, sum);
}

BatchNormGradients normalise_gradients_on_cpu(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x,
                                              const BatchNormTensors& tensors, const Normalised& forward,
                                              const SumOverRanks& sum) {
  return normalise_gradients_by(cpu_passes, dy, rest, x, tensors, forward, sum);
}

}  // namespace

const Kernels& cpu_kernels() {
  static const Kernels kernels = {.normalise = normalise_on_cpu,
                                  .normalise_gradients = normalise_gradients_on_cpu,
                                  .scale_relu = cpu_passes.scaled_relu,
                                  .convolves = one_dnn_convolves,
                                  .convolve = convolve_by_one_dnn,
                                  .convolve_gradients = convolve_gradients_by_one_dnn,
                                  .halve = halve_on_cpu,
                                  .halve_gradient = halve_gradient_on_cpu,
                                  .add_doubled = add_doubled_on_cpu,
                                  .sum_of_2x2 = sum_of_2x2_on_cpu};
  return kernels;
}

const Kernels& cpu_kernels_with_avx2() {
  static const Kernels kernels = [] {
    Kernels some = cpu_kernels();
    some.convolve_gradients = convolve_gradients_with_avx2;
    return some;
  }();
  return kernels;
}

}  // namespace pbn::model
