#include "model/kernels/batch_norm_passes.h"

#include <ATen/ATen.h>

#include <array>

namespace pbn::model {
namespace {

constexpr std::array<std::int64_t, 3> pixels = {0, 2, 3};

at::Tensor by_channel(const at::Tensor& factors) { return factors.view({-1, 1, 1}); }

at::Tensor passed_by_relu(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  return at::where(x * by_channel(scale) + by_channel(shift) > 0, dy.to(scale.scalar_type()), 0);
}

// Sums that widen each element while they read it: images in double would take eight times the memory of bfloat16.
at::Tensor sum_in_double(const at::Tensor& image) { return image.sum(pixels, /*keepdim=*/false, at::kDouble); }

at::Tensor sums_by_aten(const at::Tensor& x) {
  return at::stack({sum_in_double(x), at::linalg_vector_norm(x, 2, pixels, false, at::kDouble).square()});
}

at::Tensor scaled_relu_by_aten(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  return (x * by_channel(scale) + by_channel(shift)).relu_().to(x.scalar_type());
}

at::Tensor gradient_sums_by_aten(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale,
                                 const at::Tensor& shift) {
  const at::Tensor passed = passed_by_relu(dy, x, scale, shift);
  return at::stack({sum_in_double(passed), sum_in_double(passed * x)});
}

at::Tensor input_gradient_by_aten(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale,
                                  const at::Tensor& shift, const at::Tensor& a, const at::Tensor& b,
                                  const at::Tensor& c, const at::Tensor& rest) {
  at::Tensor sum = passed_by_relu(dy, x, scale, shift) * by_channel(a) + (x * by_channel(b) + by_channel(c));
  if (rest.defined()) sum += rest;
  return sum.to(x.scalar_type());
}

}  // namespace

const BatchNormPasses aten_passes = {sums_by_aten, scaled_relu_by_aten, gradient_sums_by_aten, input_gradient_by_aten};

}  // namespace pbn::model
