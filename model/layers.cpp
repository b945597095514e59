#include "model/layers.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "model/convolution.h"

namespace pbn {
namespace {

constexpr double momentum = 0.1;
constexpr double epsilon = 1e-5;

// In place: neither BatchNorm nor the convolutions need their own output for their gradient.
at::Tensor rectified(at::Tensor x) { return at::relu_(x); }
at::Tensor added(at::Tensor x, const at::Tensor& other) { return x.add_(other); }

at::Tensor halved(const at::Tensor& x) { return at::max_pool2d(x, {2, 2}, {2, 2}); }

}  // namespace

Convolution::Convolution(Parameters& parameters, const std::string& name, int in, int out, int kernel)
    : weight(parameters.uniform(name + ".weight", {out, in, kernel, kernel}, in * kernel * kernel)),
      bias(parameters.uniform(name + ".bias", {out}, in * kernel * kernel)) {}

at::Tensor Convolution::operator()(const at::Tensor& x) const { return pbn::convolution(x, weight, bias); }

BatchNorm::BatchNorm(Parameters& parameters, const std::string& name, int channels)
    : gamma(parameters.gamma(name + ".weight", channels)),
      beta(parameters.beta(name + ".bias", channels)),
      running_mean(parameters.buffer(name + ".running_mean", channels, 0)),
      running_variance(parameters.buffer(name + ".running_var", channels, 1)) {}

at::Tensor BatchNorm::operator()(const at::Tensor& x, const Pass& pass) const {
  if (pass.training && pass.synchronised) {
    return synchronised_batch_norm(x, gamma, beta, running_mean, running_variance, momentum, epsilon,
                                   pass.sum_over_ranks);
  }
  return at::batch_norm(x, gamma, beta, running_mean, running_variance, pass.training, momentum, epsilon,
                        /*cudnn_enabled=*/true);
}

NormalisedConvolution::NormalisedConvolution(Parameters& parameters, const std::string& name, int in, int out,
                                             int kernel)
    : convolution(parameters, name + ".conv", in, out, kernel), norm(parameters, name + ".norm", out) {}

at::Tensor NormalisedConvolution::operator()(const at::Tensor& x, const Pass& pass) const {
  return rectified(norm(convolution(x), pass));
}

ResidualBlock::ResidualBlock(Parameters& parameters, const std::string& name, int in, int out, bool pre_activation)
    : norm1(pre_activation ? std::optional<BatchNorm>(std::in_place, parameters, name + ".norm1", in) : std::nullopt),
      conv1(parameters, name + ".conv1", in, out / 2),
      norm2(parameters, name + ".norm2", out / 2),
      conv2(parameters, name + ".conv2", out / 2, out / 2, 3),
      norm3(parameters, name + ".norm3", out / 2),
      conv3(parameters, name + ".conv3", out / 2, out) {
  if (in == out) return;
  skip_norm.emplace(parameters, name + ".skip_norm", in);
  skip_conv.emplace(parameters, name + ".skip_conv", in, out);
}

at::Tensor ResidualBlock::operator()(const at::Tensor& x, const Pass& pass) const {
  at::Tensor y = conv1(norm1 ? rectified((*norm1)(x, pass)) : x);
  y = conv2(rectified(norm2(y, pass)));
  y = conv3(rectified(norm3(y, pass)));
  return added(y, skip_conv ? (*skip_conv)(rectified((*skip_norm)(x, pass))) : x);
}

Stem::Stem(Parameters& parameters, const std::string& name, int features)
    : conv1(parameters, name + ".conv1.conv", 3, features / 4, 3),
      norm1(parameters, name + ".conv1.norm", features / 4),
      conv2(parameters, name + ".conv2", features / 4, features / 4, 3),
      conv3(parameters, name + ".conv3", features / 4, features / 4, 3),
      residual1(parameters, name + ".residual1", features / 4, features / 2, /*pre_activation=*/false),
      residual2(parameters, name + ".residual2", features / 2, features / 2),
      residual3(parameters, name + ".residual3", features / 2, features) {}

at::Tensor Stem::operator()(const at::Tensor& images, const Pass& pass) const {
  // ReLU and max-pooling commute, gradients included; pooling first leaves ReLU a quarter of the largest map.
  at::Tensor x = rectified(halved(norm1(conv1(images), pass)));
  x = residual1(conv3(conv2(x, pass), pass), pass);
  return residual3(residual2(halved(x), pass), pass);
}

Hourglass::Hourglass(Parameters& parameters, const std::string& name, int features, int level)
    : upper(parameters, fmt::format("{}.level{}.upper", name, level), features, features),
      before(parameters, fmt::format("{}.level{}.before", name, level), features, features),
      underneath(level > 1 ? std::make_unique<Hourglass>(parameters, name, features, level - 1) : nullptr),
      lowest(level > 1
                 ? std::nullopt
                 : std::optional<ResidualBlock>(std::in_place, parameters,
                                                fmt::format("{}.level{}.lowest", name, level), features, features)),
      after(parameters, fmt::format("{}.level{}.after", name, level), features, features) {}

at::Tensor Hourglass::operator()(const at::Tensor& x, const Pass& pass) const {
  at::Tensor below = before(halved(x), pass);
  below = after(underneath ? (*underneath)(below, pass) : (*lowest)(below, pass), pass);
  return added(upper(x, pass), at::upsample_nearest2d(below, {x.size(2), x.size(3)}));
}

}  // namespace pbn
