#include "worker/commands/kernel_cases.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cmath>

#include "model/heat_maps.h"

namespace pbn::worker {
namespace {

using Tensors = std::vector<at::Tensor>;
using Sizes = std::vector<std::int64_t>;
using Input = KernelCase::Input;

// Numbers for the cases of one type.
struct Numbers {
  at::Device device;
  at::ScalarType type;

  at::TensorOptions options() const { return at::dtype(at::kDouble).device(device); }

  // Normally distributed, exact in the type.
  at::Tensor drawn(const Sizes& sizes, double deviation = 1, double mean = 0) const {
    return exact(at::randn(sizes, options()) * deviation + mean, type);
  }

  Input parameter(const std::string& name, const Sizes& sizes, double deviation, double mean = 0) const {
    const at::ScalarType own_type = type == at::kBFloat16 ? at::kFloat : type;
    return {
        .name = name, .values = exact(at::randn(sizes, options()) * deviation + mean, own_type), .is_parameter = true};
  }

 private:
  static at::Tensor exact(const at::Tensor& values, at::ScalarType type) { return values.to(type).to(at::kDouble); }
};

Input without_gradient(Input input) {
  input.has_gradient = false;
  return input;
}

struct Images {
  std::int64_t people, channels, side;

  Sizes sizes() const { return {people, channels, side, side}; }
  Sizes halved() const { return {people, channels, side / 2, side / 2}; }
  std::string text() const { return fmt::format("{} x {} x {} x {}", people, channels, side, side); }
};

void add_batch_norm_inputs(KernelCase& one, const Numbers& numbers, std::int64_t channels) {
  one.inputs.push_back(numbers.parameter("gamma", {channels}, 0.2, 1));
  one.inputs.push_back(numbers.parameter("beta", {channels}, 0.5));
  one.inputs.push_back(without_gradient(numbers.parameter("running mean", {channels}, 0.1)));
  one.inputs.push_back(without_gradient(numbers.parameter("running variance", {channels}, 0, 1)));
}

model::BatchNormTensors batch_norm_of(const Tensors& inputs, std::size_t first) {
  return {inputs[first], inputs[first + 1], inputs[first + 2], inputs[first + 3]};
}

// A gradient of a result behind ReLU: zero near its kink, where rounding alone decides whether it passes. `gamma`: the
// place of BatchNorm's first input.
at::Tensor away_from_kink(const Numbers& numbers, const at::Tensor& x, const KernelCase& one, std::size_t gamma) {
  const at::Tensor none;
  const at::Tensor before = at::batch_norm(x, one.inputs[gamma].values, one.inputs[gamma + 1].values, none, none, true,
                                           model::batch_norm_momentum, model::batch_norm_epsilon, false);
  return numbers.drawn(x.sizes().vec()) * (before.abs() > (numbers.type == at::kBFloat16 ? 0.1 : 1e-3));
}

KernelCase batch_norm_case(const Numbers& numbers, const Images& images) {
  KernelCase one{.operation = "BatchNorm, ReLU", .shape = images.text(), .type = numbers.type};
  one.inputs.push_back({.name = "x", .values = numbers.drawn(images.sizes(), 2, 0.3)});
  add_batch_norm_inputs(one, numbers, images.channels);
  one.run = [](const Tensors& inputs) -> Tensors {
    const auto both = model::batch_norm_relu_and_input(inputs[0], batch_norm_of(inputs, 1), {.training = true});
    return {both.normalised, both.input};
  };
  one.result_gradients = {away_from_kink(numbers, one.inputs[0].values, one, 1), numbers.drawn(images.sizes())};
  return one;
}

struct ConvolutionShape {
  std::int64_t people, in, out, kernel, side;

  std::string text() const { return fmt::format("{} x {} to {} x {} x {}", people, in, out, side, side); }
};

void add_convolution_inputs(KernelCase& one, const Numbers& numbers, const ConvolutionShape& shape) {
  const double deviation = 1 / std::sqrt(static_cast<double>(shape.in * shape.kernel * shape.kernel));
  one.inputs.push_back({.name = "x",
                        .values = numbers.drawn({shape.people, shape.in, shape.side, shape.side}),
                        .has_gradient = shape.in != 3});  // photographs
  one.inputs.push_back(numbers.parameter("weight", {shape.out, shape.in, shape.kernel, shape.kernel}, deviation));
  one.inputs.push_back(numbers.parameter("bias", {shape.out}, deviation));
}

// With a skip connection, as at the end of a residual block.
KernelCase convolution_case(const Numbers& numbers, const ConvolutionShape& shape) {
  KernelCase one{
      .operation = fmt::format("convolution {0}x{0}, sum", shape.kernel), .shape = shape.text(), .type = numbers.type};
  add_convolution_inputs(one, numbers, shape);
  const Sizes sizes{shape.people, shape.out, shape.side, shape.side};
  one.inputs.push_back({.name = "addend", .values = numbers.drawn(sizes)});
  one.run = [](const Tensors& inputs) -> Tensors {
    return {model::convolution(inputs[0], inputs[1], inputs[2], {.addend = inputs[3]})};
  };
  one.result_gradients = {numbers.drawn(sizes)};
  return one;
}

// In front of BatchNorm, which absorbs the bias. Its gradient would be rounding error and is not compared.
KernelCase normalised_convolution_case(const Numbers& numbers, const ConvolutionShape& shape) {
  KernelCase one{.operation = fmt::format("convolution {0}x{0}, BatchNorm", shape.kernel),
                 .shape = shape.text(),
                 .type = numbers.type};
  add_convolution_inputs(one, numbers, shape);
  one.inputs[2].has_gradient = false;
  add_batch_norm_inputs(one, numbers, shape.out);
  one.run = [](const Tensors& inputs) -> Tensors {
    const at::Tensor y = model::convolution(inputs[0], inputs[1], inputs[2], {.bias_is_absorbed = true});
    model::BatchNormTensors tensors = batch_norm_of(inputs, 3);
    tensors.absorbed_bias = inputs[2];
    return {model::batch_norm_relu(y, tensors, {.training = true})};
  };
  const std::int64_t border = shape.kernel / 2;
  const at::Tensor y =
      at::conv2d(one.inputs[0].values, one.inputs[1].values, one.inputs[2].values, {1, 1}, {border, border});
  one.result_gradients = {away_from_kink(numbers, y, one, 3)};
  return one;
}

KernelCase pooling_case(const Numbers& numbers, const Images& images) {
  KernelCase one{.operation = "pooling", .shape = images.text(), .type = numbers.type};
  one.inputs.push_back({.name = "x", .values = numbers.drawn(images.sizes())});
  one.run = [](const Tensors& inputs) -> Tensors {
    const auto both = model::halved_and_input(inputs[0]);
    return {both.halved, both.input};
  };
  one.result_gradients = {numbers.drawn(images.halved()), numbers.drawn(images.sizes())};
  return one;
}

KernelCase doubling_case(const Numbers& numbers, const Images& images) {
  KernelCase one{.operation = "doubling, sum", .shape = images.text(), .type = numbers.type};
  one.inputs.push_back({.name = "fine", .values = numbers.drawn(images.sizes())});
  one.inputs.push_back({.name = "coarse", .values = numbers.drawn(images.halved())});
  one.run = [](const Tensors& inputs) -> Tensors { return {model::plus_doubled(inputs[0], inputs[1])}; };
  one.result_gradients = {numbers.drawn(images.sizes())};
  return one;
}

KernelCase loss_case(const Numbers& numbers, const Images& maps_of_a_stack, std::size_t stacks) {
  KernelCase one{
      .operation = fmt::format("loss of {} stacks", stacks), .shape = maps_of_a_stack.text(), .type = numbers.type};
  for (std::size_t i = 0; i < stacks; ++i) {
    one.inputs.push_back({.name = fmt::format("maps {}", i + 1), .values = numbers.drawn(maps_of_a_stack.sizes())});
  }
  one.inputs.push_back(without_gradient({.name = "targets", .values = numbers.drawn(maps_of_a_stack.sizes())}));
  const at::Tensor labelled = at::rand({maps_of_a_stack.people, maps_of_a_stack.channels}, numbers.options()) > 0.2;
  one.inputs.push_back(without_gradient({.name = "mask", .values = labelled.to(at::kDouble)}));
  one.run = [stacks](const Tensors& inputs) -> Tensors {
    Tensors maps;
    for (std::size_t i = 0; i < stacks; ++i) maps.push_back(inputs[i].contiguous());
    const model::Targets targets{inputs[stacks].contiguous(), inputs[stacks + 1]};
    return {model::heat_map_loss(maps, targets, static_cast<double>(inputs.front().numel()))};
  };
  one.result_gradients = {at::ones({}, numbers.options())};
  return one;
}

// As in worker/training/rmsprop.h.
KernelCase rmsprop_case(const Numbers& numbers, std::int64_t length) {
  KernelCase one{.operation = "norm, RMSProp", .shape = std::to_string(length), .type = numbers.type};
  for (const char* name : {"parameters", "mean square", "gradients"}) {
    one.inputs.push_back(without_gradient(numbers.parameter(name, {length}, 0.1)));
  }
  one.inputs[1].values = one.inputs[1].values.abs();
  one.run = [](const Tensors& inputs) -> Tensors {
    const at::NoGradGuard no_gradient;
    const at::Tensor &parameters = inputs[0], &mean_square = inputs[1], &gradients = inputs[2];
    const model::Kernels& kernels = model::kernels_for(parameters);
    constexpr double decay = 0.99, epsilon = 1e-8, rate = 2.5e-4;
    if (kernels.rmsprop) {
      const at::Tensor learning_rate = at::full({}, rate, parameters.options().dtype(at::kDouble));
      const at::Tensor norm = kernels.norm(gradients);
      kernels.rmsprop({parameters, mean_square, gradients, {}, learning_rate, norm, decay, epsilon});
      return {norm};
    }
    mean_square.mul_(decay).addcmul_(gradients, gradients, 1 - decay);
    parameters.addcdiv_(gradients, mean_square.sqrt().add_(epsilon), -rate);
    return {gradients.norm().to(at::kDouble).view({1})};
  };
  return one;
}

// The cases of one type, in the order in which they are printed.
class CaseList {
 public:
  CaseList(const Numbers& numbers, std::int64_t people) : numbers_(numbers), people_(people) {}

  using OfImages = KernelCase (*)(const Numbers&, const Images&);
  void add(OfImages make, std::int64_t channels, std::int64_t side) {
    list.emplace_back(
        [make, numbers = numbers_, images = Images{people_, channels, side}] { return make(numbers, images); });
  }

  using OfConvolutions = KernelCase (*)(const Numbers&, const ConvolutionShape&);
  void add(OfConvolutions make, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t side) {
    list.emplace_back([make, numbers = numbers_, shape = ConvolutionShape{people_, in, out, kernel, side}] {
      return make(numbers, shape);
    });
  }

  void add_small() {
    for (const OfImages make : {batch_norm_case, pooling_case, doubling_case}) {
      add(make, 64, 32);
      add(make, 20, 6);
    }
    add(normalised_convolution_case, 3, 16, 3, 32);
    add(normalised_convolution_case, 64, 64, 3, 16);
    add(convolution_case, 64, 128, 1, 16);
    add(convolution_case, 32, 20, 3, 10);
  }

  void add_all() {
    add(batch_norm_case, 64, 256);
    add(batch_norm_case, 64, 128);
    add(batch_norm_case, 128, 64);
    for (const std::int64_t side : {64, 32, 16, 8, 4}) add(batch_norm_case, 256, side);
    add(pooling_case, 64, 256);
    add(pooling_case, 128, 128);
    for (const std::int64_t side : {64, 32, 16, 8}) add(pooling_case, 256, side);
    for (const std::int64_t side : {64, 32, 16, 8}) add(doubling_case, 256, side);
    add(normalised_convolution_case, 3, 64, 3, 256);
    add(normalised_convolution_case, 64, 64, 3, 128);
    add(normalised_convolution_case, 256, 256, 1, 64);
    for (const std::int64_t side : {64, 16, 4}) {
      add(normalised_convolution_case, 256, 128, 1, side);
      add(normalised_convolution_case, 128, 128, 3, side);
      add(convolution_case, 128, 256, 1, side);
    }
    add(convolution_case, 64, 128, 1, 128);
    add(convolution_case, 16, 256, 1, 64);
  }

  std::vector<std::function<KernelCase()>> list;

 private:
  Numbers numbers_;
  std::int64_t people_;
};

}  // namespace

std::vector<std::function<KernelCase()>> kernel_cases(const KernelCaseOptions& options, const model::Kernels& own) {
  at::manual_seed(1);
  std::vector<at::ScalarType> types{at::kBFloat16, at::kFloat};
  if (options.quick) types.push_back(at::kDouble);
  std::vector<std::function<KernelCase()>> all;
  for (const at::ScalarType type : types) {
    CaseList cases({options.device, type}, options.people);
    options.quick ? cases.add_small() : cases.add_all();
    all.insert(all.end(), cases.list.begin(), cases.list.end());
  }
  const Numbers numbers{options.device, at::kFloat};
  if (own.squared_error) {
    const Images maps{options.people, 16, options.quick ? 12 : 64};
    all.emplace_back([=] { return loss_case(numbers, maps, maps.side == 64 ? 8 : 2); });
  }
  if (own.rmsprop) {
    const std::int64_t length = options.quick ? 10'007 : 26'700'000;
    all.emplace_back([=] { return rmsprop_case(numbers, length); });
  }
  return all;
}

}  // namespace pbn::worker
