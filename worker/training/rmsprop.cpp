#include "worker/training/rmsprop.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "model/elements.h"

namespace pbn {
namespace {

template <typename Number>
PBN_PER_PROCESSOR void step_of(const Number* gradient, Count length, Number decay, Number epsilon, Number rate,
                               Number* mean_square, Number* parameter) {
  for (Count i = 0; i < length; ++i) {
    mean_square[i] = decay * mean_square[i] + (1 - decay) * gradient[i] * gradient[i];
    parameter[i] -= rate * gradient[i] / (std::sqrt(mean_square[i]) + epsilon);
  }
}

}  // namespace

RmsProp::RmsProp(at::Tensor parameters, double decay, double epsilon)
    : parameters_(std::move(parameters)), mean_square_(at::zeros_like(parameters_)), decay_(decay), epsilon_(epsilon) {}

void RmsProp::step(const at::Tensor& gradients, double learning_rate) {
  const c10::NoGradGuard no_gradient;
  if (!parameters_.is_cpu()) {
    mean_square_.mul_(decay_).addcmul_(gradients, gradients, 1 - decay_);
    parameters_.addcdiv_(gradients, mean_square_.sqrt().add_(epsilon_), -learning_rate);
    return;
  }
  with_types_of(parameters_, [&](auto, auto number) {
    using Number = decltype(number);
    for_pieces(parameters_.numel(), [&](Count, Count begin, Count end) {
      step_of<Number>(read(gradients, number) + begin, end - begin, static_cast<Number>(decay_),
                      static_cast<Number>(epsilon_), static_cast<Number>(learning_rate),
                      write(mean_square_, number) + begin, write(parameters_, number) + begin);
    });
  });
}

}  // namespace pbn
