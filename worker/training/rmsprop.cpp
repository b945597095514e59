#include "worker/training/rmsprop.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "model/kernels/cpu/elements.h"
#include "model/kernels/kernels.h"

namespace pbn::worker {
namespace {

template <typename Number>
PBN_PER_PROCESSOR void step_of(const Number* gradient, model::Count length, Number decay, Number epsilon, Number rate,
                               Number* mean_square, Number* parameter) {
  for (model::Count i = 0; i < length; ++i) {
    mean_square[i] = decay * mean_square[i] + (1 - decay) * gradient[i] * gradient[i];
    parameter[i] -= rate * gradient[i] / (std::sqrt(mean_square[i]) + epsilon);
  }
}

}  // namespace

RmsProp::RmsProp(at::Tensor parameters, double decay, double epsilon, at::Tensor rounded)
    : parameters_(std::move(parameters)),
      mean_square_(at::zeros_like(parameters_)),
      rounded_(std::move(rounded)),
      decay_(decay),
      epsilon_(epsilon) {}

void RmsProp::step(const at::Tensor& gradients, double learning_rate) {
  if (!parameters_.is_cpu() || model::kernels_for(parameters_).rmsprop) {
    const auto number = parameters_.options().dtype(at::kDouble);
    return step(gradients, at::full({}, learning_rate, number), at::zeros({0}, number));
  }
  const c10::NoGradGuard no_gradient;
  model::with_types_of(parameters_, [&](auto, auto number) {
    using Number = decltype(number);
    model::for_pieces(parameters_.numel(), [&](model::Count, model::Count begin, model::Count end) {
      step_of<Number>(model::read(gradients, number) + begin, end - begin, static_cast<Number>(decay_),
                      static_cast<Number>(epsilon_), static_cast<Number>(learning_rate),
                      model::write(mean_square_, number) + begin, model::write(parameters_, number) + begin);
    });
  });
}

void RmsProp::step(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& figures) {
  if (const auto own = model::kernels_for(parameters_).rmsprop) {
    return own({parameters_, mean_square_, gradients, rounded_, learning_rate, figures, decay_, epsilon_});
  }
  if (!parameters_.is_cpu()) return step_by_operations(gradients, learning_rate, figures);
  if (figures.isfinite().all().item<bool>()) step(gradients, learning_rate.item<double>());
}

void RmsProp::step_by_operations(const at::Tensor& gradients, const at::Tensor& learning_rate,
                                 const at::Tensor& figures) {
  const c10::NoGradGuard no_gradient;
  const at::Tensor is_wanted = figures.isfinite().all();
  gradients.masked_fill_(is_wanted.logical_not(), 0);  // NaN times 0 would be NaN
  const at::Tensor weight = is_wanted.to(at::kDouble) * (1 - decay_);
  mean_square_.mul_(1 - weight).add_(gradients.square().mul_(weight));
  parameters_.sub_(gradients.div(mean_square_.sqrt().add_(epsilon_)).mul_(learning_rate));
}

}  // namespace pbn::worker
