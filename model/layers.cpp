#include "model/layers.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "model/kernels/operations.h"

namespace pbn::model {
namespace {

// Options of a convolution in front of BatchNorm.
ConvolutionOptions before_norm(const BatchNormOptions& norm) { return {.bias_is_absorbed = norm.training}; }

}  // namespace

Convolution::Convolution(Parameters& parameters, const std::string& name, int in, int out, int kernel)
    : weight(parameters.uniform(name + ".weight", {out, in, kernel, kernel}, std::int64_t{in} * kernel * kernel)),
      rounded_weight(parameters.rounded_copy()),
      bias(parameters.uniform(name + ".bias", {out}, std::int64_t{in} * kernel * kernel)) {}

at::Tensor Convolution::operator()(const at::Tensor& x, const ConvolutionOptions& options) const {
  const bool has_copy = rounded_weight.numel() > 0 && x.scalar_type() == at::kBFloat16;
  return pbn::model::convolution(x, weight, bias,
                                 {.addend = options.addend,
                                  .bias_is_absorbed = options.bias_is_absorbed,
                                  .rounded_weight = has_copy ? rounded_weight : at::Tensor()});
}

BatchNormRelu::BatchNormRelu(Parameters& parameters, const std::string& name, int channels,
                             const at::Tensor& absorbed_bias)
    : tensors{parameters.gamma(name + ".weight", channels), parameters.beta(name + ".bias", channels),
              parameters.buffer(name + ".running_mean", channels, 0),
              parameters.buffer(name + ".running_var", channels, 1), absorbed_bias} {}

at::Tensor BatchNormRelu::operator()(const at::Tensor& x, const BatchNormOptions& options) const {
  return batch_norm_relu(x, tensors, options);
}

NormalisedAndInput BatchNormRelu::with_input(const at::Tensor& x, const BatchNormOptions& options) const {
  return batch_norm_relu_and_input(x, tensors, options);
}

NormalisedConvolution::NormalisedConvolution(Parameters& parameters, const std::string& name, int in, int out,
                                             int kernel)
    : convolution(parameters, name + ".conv", in, out, kernel),
      norm(parameters, name + ".norm", out, convolution.bias) {}

at::Tensor NormalisedConvolution::operator()(const at::Tensor& x, const BatchNormOptions& options) const {
  return norm(convolution(x, before_norm(options)), options);
}

ResidualBlock::ResidualBlock(Parameters& parameters, const std::string& name, int in, int out, bool pre_activation)
    : norm1(pre_activation ? std::optional<BatchNormRelu>(std::in_place, parameters, name + ".norm1", in)
                           : std::nullopt),
      conv1(parameters, name + ".conv1", in, out / 2),
      norm2(parameters, name + ".norm2", out / 2, conv1.bias),
      conv2(parameters, name + ".conv2", out / 2, out / 2, 3),
      norm3(parameters, name + ".norm3", out / 2, conv2.bias),
      conv3(parameters, name + ".conv3", out / 2, out) {
  if (in == out) return;
  skip_norm.emplace(parameters, name + ".skip_norm", in);
  skip_conv.emplace(parameters, name + ".skip_conv", in, out);
}

at::Tensor ResidualBlock::operator()(const at::Tensor& x, const BatchNormOptions& options) const {
  const auto [first, input] = norm1 ? norm1->with_input(x, options) : NormalisedAndInput{x, x};
  at::Tensor y = conv1(first, before_norm(options));
  y = conv2(norm2(y, options), before_norm(options));
  return conv3(norm3(y, options), {.addend = skip_conv ? (*skip_conv)((*skip_norm)(input, options)) : input});
}

Stem::Stem(Parameters& parameters, const std::string& name, int features)
    : conv1(parameters, name + ".conv1", 3, features / 4, 3),
      conv2(parameters, name + ".conv2", features / 4, features / 4, 3),
      conv3(parameters, name + ".conv3", features / 4, features / 4, 3),
      residual1(parameters, name + ".residual1", features / 4, features / 2, /*pre_activation=*/false),
      residual2(parameters, name + ".residual2", features / 2, features / 2),
      residual3(parameters, name + ".residual3", features / 2, features) {}

at::Tensor Stem::operator()(const at::Tensor& images, const BatchNormOptions& options) const {
  const at::Tensor half = halved(conv1(images, options));
  const at::Tensor x = residual1(conv3(conv2(half, options), options), options);
  return residual3(residual2(halved(x), options), options);
}

Hourglass::Hourglass(Parameters& parameters, const std::string& name, int features, int level)
    : upper(parameters, fmt::format("{}.level{}.upper", name, level), features, features),
      before(parameters, fmt::format("{}.level{}.before", name, level), features, features),
      level_below(level > 1 ? std::make_unique<Hourglass>(parameters, name, features, level - 1) : nullptr),
      lowest(level > 1
                 ? std::nullopt
                 : std::optional<ResidualBlock>(std::in_place, parameters,
                                                fmt::format("{}.level{}.lowest", name, level), features, features)),
      after(parameters, fmt::format("{}.level{}.after", name, level), features, features) {}

at::Tensor Hourglass::operator()(const at::Tensor& x, const BatchNormOptions& options) const {
  const auto [half, input] = halved_and_input(x);
  at::Tensor below = before(half, options);
  below = after(level_below ? (*level_below)(below, options) : (*lowest)(below, options), options);
  return plus_doubled(upper(input, options), below);
}

}  // namespace pbn::model
