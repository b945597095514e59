#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/kernels/kernels.h"

namespace pbn::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor channels_last(const at::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

struct Halving : torch::autograd::Function<Halving> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x) {
    context->save_for_backward({x});
    context->set_materialize_grads(false);
    return {kernels_for(x).halve(x), x};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const at::Tensor rest = gradients[1].defined() ? channels_last(gradients[1]) : gradients[1];
    return {kernels_for(x).halve_gradient(channels_last(gradients[0]), rest, x)};
  }
};

struct PlusDoubled : torch::autograd::Function<PlusDoubled> {
  static at::Tensor forward(AutogradContext*, const at::Tensor& fine, const at::Tensor& coarse) {
    return kernels_for(fine).add_doubled(fine, coarse);
  }

  static variable_list backward(AutogradContext*, const variable_list& gradients) {
    const at::Tensor dy = channels_last(gradients[0]);
    return {dy, kernels_for(dy).sum_of_2x2(dy)};
  }
};

}  // namespace

HalvedAndInput halved_and_input(const at::Tensor& x) {
  if (!kernels_for(x).halve) return {at::max_pool2d(x, {2, 2}, {2, 2}), x};
  const variable_list both = Halving::apply(channels_last(x));
  return {both[0], both[1]};
}

at::Tensor plus_doubled(const at::Tensor& fine, const at::Tensor& coarse) {
  if (!kernels_for(fine).add_doubled) return fine + at::upsample_nearest2d(coarse, {fine.size(2), fine.size(3)});
  return PlusDoubled::apply(channels_last(fine), channels_last(coarse));
}

}  // namespace pbn::model
