#include "model/network.h"

#include <ATen/ATen.h>

#include "base/error.h"
#include "model/head.h"
#include "model/kernels/kernels.h"
#include "model/layers.h"

namespace pbn::model {
namespace {

constexpr std::int64_t aligned_elements = 32;  // 128 bytes in float32, 64 in bfloat16

// One stack: hourglass, residual block, lin, head and, in all stacks but the last, the fusion with the trunk (Fig. 4).
struct Stack {
  Stack(Parameters& parameters, const std::string& name, const config::ModelSpec& spec, at::ScalarType type_of_means,
        bool last)
      : hourglass(parameters, name + ".hourglass", spec.features),
        residual(parameters, name + ".residual", spec.features, spec.features),
        lin(parameters, name + ".lin", spec.features, spec.features),
        head(parameters, name + ".head", spec, type_of_means),
        fuses_specific(spec.head == config::Head::pbn && spec.fusion == config::Fusion::specific) {
    if (last) return;
    const int fused = fuses_specific ? static_cast<int>(spec.groups.size()) * spec.width : spec.features;
    fuse_features.emplace(parameters, name + ".fusion.features", fused, spec.features);
    fuse_maps.emplace(parameters, name + ".fusion.maps", spec.parts, spec.features);
  }

  // Returns the heat maps and replaces x by the input of the next stack.
  at::Tensor operator()(at::Tensor& x, const BatchNormOptions& options) const {
    const at::Tensor shared = lin(residual(hourglass(x, options), options), options);
    const HeadOutput output = head(shared, options);
    if (fuse_maps) {
      const at::Tensor features = (*fuse_features)(fuses_specific ? output.specific : shared, {.addend = x});
      x = (*fuse_maps)(output.maps, {.addend = features});
    }
    return output.maps;
  }

  Hourglass hourglass;
  ResidualBlock residual;
  NormalisedConvolution lin;
  HeatMapHead head;
  bool fuses_specific;
  std::optional<Convolution> fuse_features, fuse_maps;
};

}  // namespace

struct Network::Layers {
  Layers(const config::ModelSpec& network, const NetworkOptions& options)
      : spec(network),
        precision(options.precision),
        mean_rgb(options.mean_rgb),
        batch_norm{true, network.synchronised_batch_norm, options.sum_over_ranks},
        parameters(options.seed, network.uniform_gamma),
        stem(parameters, "stem", network.features) {
    const at::ScalarType type_of_means = precision == config::Precision::tf32 ? at::kDouble : at::kFloat;
    for (int i = 0; i < spec.stacks; ++i) {
      stacks.emplace_back(parameters, fmt::format("stack{}", i), spec, type_of_means, i + 1 == spec.stacks);
    }
    const bool has_own_kernels = kernels_for(options.device.type()).rmsprop != nullptr;
    parameters.pack(precision == config::Precision::fp64 ? at::kDouble : at::kFloat, options.device,
                    {.gradients = options.gradients,
                     .alignment = options.device.is_cpu() ? 1 : aligned_elements,
                     .keeps_rounded = precision == config::Precision::bf16 && has_own_kernels});
  }

  config::ModelSpec spec;
  config::Precision precision;
  std::array<double, 3> mean_rgb;
  BatchNormOptions batch_norm;
  Parameters parameters;
  Stem stem;
  std::vector<Stack> stacks;
};

Network::Network(const config::ModelSpec& spec, const NetworkOptions& options)
    : layers_(std::make_unique<Layers>(spec, options)) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : parameters()) count += tensor.numel();
  if (count != config::count_parameters(spec)) {
    throw bug_error("model", "", "the network has {} parameters, but its closed form gives {}", count,
                    config::count_parameters(spec));
  }
}

Network::~Network() = default;

std::vector<at::Tensor> Network::forward(const at::Tensor& images) {
  config::require_input_side(static_cast<int>(images.size(2)), "the network's input");
  round_parameters();
  const at::ScalarType map_type = layers_->parameters.flat_parameters.scalar_type();
  at::Tensor x = layers_->stem(images.to(activation_type()), layers_->batch_norm);
  std::vector<at::Tensor> maps;
  for (const Stack& stack : layers_->stacks) {
    maps.push_back(stack(x, layers_->batch_norm).to(map_type).contiguous());
  }
  return maps;
}

void Network::train(bool training) { layers_->batch_norm.training = training; }

at::ScalarType Network::activation_type() const {
  return layers_->precision == config::Precision::bf16 ? at::kBFloat16
                                                       : layers_->parameters.flat_parameters.scalar_type();
}

const std::array<double, 3>& Network::mean_rgb() const { return layers_->mean_rgb; }

const std::vector<NamedTensor>& Network::parameters() const { return layers_->parameters.parameters; }
const std::vector<NamedTensor>& Network::buffers() const { return layers_->parameters.buffers; }
at::Tensor& Network::flat_parameters() { return layers_->parameters.flat_parameters; }
at::Tensor& Network::flat_gradients() { return layers_->parameters.flat_gradients; }
at::Tensor& Network::flat_buffers() { return layers_->parameters.flat_buffers; }
at::Tensor& Network::flat_rounded() { return layers_->parameters.flat_rounded; }
void Network::round_parameters() { layers_->parameters.round_if_changed(); }
at::Tensor Network::without_gaps(const at::Tensor& flat) const { return layers_->parameters.without_gaps(flat); }
at::Tensor Network::with_gaps(const at::Tensor& values) const { return layers_->parameters.with_gaps(values); }
const config::ModelSpec& Network::spec() const { return layers_->spec; }

}  // namespace pbn::model
