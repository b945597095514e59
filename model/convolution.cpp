#include "model/convolution.h"

#include <ATen/ATen.h>

#include "base/processor.h"

namespace pbn {
namespace {

// Called by name, oneDNN also answers for single images and one thread, where at::conv2d takes slower kernels with
// other roundings.
bool one_dnn_serves(const at::Tensor& x) {
  static const bool bf16 = has_bf16();
  return x.is_cpu() && at::globalContext().hasMKLDNN() &&
         (x.scalar_type() == at::kFloat || (x.scalar_type() == at::kBFloat16 && bf16));
}

at::Tensor one_dnn_convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const std::int64_t padding = weight.size(2) / 2;
  return at::mkldnn_convolution(x, weight, bias, {padding, padding}, {1, 1}, {1, 1}, 1);
}

// The same pixels as 16 images of one row. The backward pass is ATen's to choose, and for 1x1 convolutions in float32
// with one thread it takes oneDNN only from 16 images on; its im2col loop doubles the time of a training step.
at::Tensor one_dnn_convolution_1x1(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  constexpr std::int64_t images = 16;
  const std::int64_t pixels = x.size(0) * x.size(2) * x.size(3);
  if (pixels % images != 0) return one_dnn_convolution(x, weight, bias);
  const at::Tensor rows = x.permute({0, 2, 3, 1}).reshape({images, 1, pixels / images, x.size(1)});
  const at::Tensor y = one_dnn_convolution(rows.permute({0, 3, 1, 2}), weight, bias);
  return y.permute({0, 2, 3, 1}).reshape({x.size(0), x.size(2), x.size(3), y.size(1)}).permute({0, 3, 1, 2});
}

}  // namespace

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const at::Tensor w = weight.to(x.scalar_type()), b = bias.to(x.scalar_type());  // autograd brings gradients back
  if (!one_dnn_serves(x)) return at::conv2d(x, w, b, {1, 1}, {w.size(2) / 2, w.size(3) / 2});
  const bool is_1x1 = w.size(2) == 1 && x.scalar_type() == at::kFloat;
  return is_1x1 ? one_dnn_convolution_1x1(x, w, b) : one_dnn_convolution(x, w, b);
}

}  // namespace pbn
