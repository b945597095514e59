#include "model/kernels/cuda/cuda_kernels.h"

#include <ATen/ATen.h>
#include <cuda_bf16.h>

#include <algorithm>
#include <array>

#include "model/kernels/cuda/batch_norm.h"
#include "model/kernels/cuda/flat.h"
#include "model/kernels/cuda/resampling.h"

// Tensors to pointers. The memory of temporary tensors may be reused as soon as they are gone: by kernels later in the
// stream.
namespace pbn::model {
namespace {

using cuda::current_stream;

template <typename Element>
const Element* read(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<const Element*>(tensor.const_data_ptr()) : nullptr;
}
template <typename Element>
Element* write(const at::Tensor& tensor) {
  return static_cast<Element*>(tensor.mutable_data_ptr());
}

// Calls body.template operator()<Element, Factor>().
template <typename Body>
void with_types(const at::Tensor& x, const Body& body) {
  switch (x.scalar_type()) {
    case at::kBFloat16:
      return body.template operator()<__nv_bfloat16, float>();
    case at::kFloat:
      return body.template operator()<float, float>();
    default:
      return body.template operator()<double, double>();
  }
}

cuda::Rows rows_of(const at::Tensor& x) { return {x.numel() / x.size(1), static_cast<int>(x.size(1))}; }

at::Tensor doubles(const at::Tensor& like, at::IntArrayRef sizes) {
  return at::empty(sizes, like.options().dtype(at::kDouble));
}

// The sums of two quantities per channel, in memory of their own.
struct Sums {
  explicit Sums(const at::Tensor& x)
      : memory(doubles(x, {cuda::pieces_of(rows_of(x)), 2, x.size(1)})),
        partial{write<double>(memory), static_cast<int>(memory.size(0))} {}

  // Over all ranks; the count of elements, too.
  void sum_over_ranks(const at::Tensor& x, const SumOverRanks& sum) {
    own = memory;
    own_partial = partial;
    memory = doubles(x, {2 * x.size(1) + 1});
    cuda::total_sums(partial, rows_of(x), write<double>(memory), current_stream());
    sum(memory);
    partial = {write<double>(memory), 1};
    count = memory[2 * x.size(1)];
  }

  at::Tensor memory, own;
  cuda::PartialSums partial;
  cuda::PartialSums own_partial = partial;  // of this rank
  at::Tensor count;                         // undefined for a single rank
};

// A parameter's gradient to which a kernel adds: that of the parameter or, before the first backward pass, a new one.
struct GradientSum {
  explicit GradientSum(const at::Tensor& parameter)
      : is_new(!parameter.grad().defined()), tensor(is_new ? at::zeros_like(parameter) : parameter.grad()) {}
  at::Tensor to_return() const { return is_new ? tensor : at::Tensor(); }

  bool is_new;
  at::Tensor tensor;
};

template <typename Factor>
cuda::NormResult<Factor> norm_result(const Normalised& result) {
  return {write<double>(result.mean), write<double>(result.inverse_deviation), write<Factor>(result.scale),
          write<Factor>(result.shift)};
}

Normalised normalise(const at::Tensor& x, const BatchNormTensors& tensors, const SumOverRanks& sum) {
  const cuda::Rows rows = rows_of(x);
  const at::Tensor vectors = at::empty({2, x.size(1)}, tensors.gamma.options().requires_grad(false));
  const at::Tensor exact = doubles(x, {2, x.size(1)});
  Sums sums(x);
  Normalised result{at::empty_like(x), exact[0], exact[1], {}, vectors[0], vectors[1]};
  with_types(x, [&]<typename Element, typename Factor>() {
    cuda::sum_rows(read<Element>(x), rows, sums.partial, current_stream());
    if (sum) sums.sum_over_ranks(x, sum);
    cuda::normalise_rows(
        read<Element>(x), rows, sums.partial, read<double>(sums.count), batch_norm_momentum, batch_norm_epsilon,
        cuda::NormTensors<Factor>{read<Factor>(tensors.gamma), read<Factor>(tensors.beta),
                                  read<Factor>(tensors.absorbed_bias), write<Factor>(tensors.running_mean),
                                  write<Factor>(tensors.running_variance)},
        norm_result<Factor>(result), write<Element>(result.y), current_stream());
  });
  result.count = sums.count;
  return result;
}

BatchNormGradients normalise_gradients(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x,
                                       const BatchNormTensors& tensors, const Normalised& forward,
                                       const SumOverRanks& sum) {
  const cuda::Rows rows = rows_of(x);
  const GradientSum gamma(tensors.gamma), beta(tensors.beta);
  Sums sums(x);
  at::Tensor dx = at::empty_like(x);
  with_types(x, [&]<typename Element, typename Factor>() {
    cuda::sum_gradient_rows(read<Element>(dy), read<Element>(x), rows, read<Factor>(forward.scale),
                            read<Factor>(forward.shift), sums.partial, current_stream());
    if (sum) sums.sum_over_ranks(x, sum);
    cuda::input_gradient_rows(read<Element>(dy), read<Element>(x), read<Element>(rest), rows, sums.partial,
                              sums.own_partial, read<double>(sums.count), read<Factor>(tensors.gamma),
                              norm_result<Factor>(forward), write<Factor>(gamma.tensor), write<Factor>(beta.tensor),
                              write<Element>(dx), current_stream());
  });
  return {dx, gamma.to_return(), beta.to_return()};
}

at::Tensor scale_relu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  at::Tensor y = at::empty_like(x);
  with_types(x, [&]<typename Element, typename Factor>() {
    cuda::scale_relu_rows(read<Element>(x), rows_of(x), read<Factor>(scale), read<Factor>(shift), write<Element>(y),
                          current_stream());
  });
  return y;
}

bool convolves(const at::Tensor&) { return true; }

using Sides = std::array<std::int64_t, 2>;
constexpr Sides ones = {1, 1}, zeros = {0, 0};

Sides padding_of(const at::Tensor& weight) { return {weight.size(2) / 2, weight.size(3) / 2}; }

// cuDNN's convolution, and one pass for the bias and the addend.
at::Tensor convolve(const ConvolutionInputs& inputs) {
  const at::Tensor& x = inputs.x;
  at::Tensor y = at::convolution(x, inputs.weight, {}, ones, padding_of(inputs.weight), ones, false, zeros, 1)
                     .contiguous(at::MemoryFormat::ChannelsLast);
  if (inputs.bias_is_absorbed && !inputs.addend) return y;
  const at::Tensor addend = inputs.addend ? inputs.addend->contiguous(at::MemoryFormat::ChannelsLast) : at::Tensor();
  with_types(y, [&]<typename Element, typename Factor>() {
    cuda::add_to_rows(write<Element>(y), rows_of(y), read<Factor>(inputs.bias), read<Element>(addend),
                      current_stream());
  });
  return y;
}

at::Tensor as_matrix(const at::Tensor& image) {  // (pixels, channels)
  return image.permute({0, 2, 3, 1}).reshape({-1, image.size(1)});
}

// The gradient of a 1x1 convolution's weight is a product of matrices, which cuBLAS adds to the sum in float32.
void add_weight_gradient(const at::Tensor& dy, const at::Tensor& x, at::Tensor sum) {
  sum = sum.view({dy.size(1), x.size(1)});
  const at::Tensor rows = as_matrix(dy).t(), columns = as_matrix(x);
  if (sum.scalar_type() == x.scalar_type()) {
    sum.addmm_(rows, columns);
  } else {
    at::addmm_out(sum, sum, rows, columns, sum.scalar_type());
  }
}

at::Tensor bias_gradient(const at::Tensor& dy, const at::Tensor& bias) {
  const GradientSum sum(bias);
  const Sums sums(dy);
  with_types(dy, [&]<typename Element, typename Factor>() {
    cuda::sum_columns(read<Element>(dy), rows_of(dy), sums.partial, current_stream());
    cuda::total_into(sums.partial, static_cast<int>(dy.size(1)), write<Factor>(sum.tensor), current_stream());
  });
  return sum.to_return();
}

ConvolutionGradients convolve_gradients(const ConvolutionGradientInputs& inputs) {
  const at::Tensor &dy = inputs.dy, &x = inputs.x, &w = inputs.weight;
  const bool is_product = w.size(2) == 1 && (x.is_cuda() || x.scalar_type() == inputs.weight_parameter.scalar_type());
  const auto [dx, dw, none] = at::convolution_backward(dy, x, w, at::OptionalIntArrayRef(), ones, padding_of(w), ones,
                                                       false, zeros, 1, {inputs.needs_x, !is_product, false});
  const GradientSum sum(inputs.weight_parameter);
  if (is_product) {
    add_weight_gradient(dy, x, sum.tensor);
  } else {
    sum.tensor.add_(dw);
  }
  return {dx, sum.to_return(), inputs.bias_is_absorbed ? at::Tensor() : bias_gradient(dy, inputs.bias_parameter)};
}

cuda::CoarseImage coarse_image(const at::Tensor& coarse) {
  return {coarse.size(0), static_cast<int>(coarse.size(2)), static_cast<int>(coarse.size(3)),
          static_cast<int>(coarse.size(1))};
}

at::Tensor half_of(const at::Tensor& fine) {
  return at::empty({fine.size(0), fine.size(1), fine.size(2) / 2, fine.size(3) / 2}, fine.options(),
                   at::MemoryFormat::ChannelsLast);
}

at::Tensor halve(const at::Tensor& x) {
  at::Tensor y = half_of(x);
  with_types(x, [&]<typename Element, typename>() {
    cuda::halve(read<Element>(x), coarse_image(y), write<Element>(y), current_stream());
  });
  return y;
}

at::Tensor halve_gradient(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x) {
  at::Tensor dx = at::empty_like(x);
  with_types(x, [&]<typename Element, typename>() {
    cuda::halve_gradient(read<Element>(dy), read<Element>(rest), read<Element>(x), coarse_image(dy), write<Element>(dx),
                         current_stream());
  });
  return dx;
}

at::Tensor add_doubled(const at::Tensor& fine, const at::Tensor& coarse) {
  at::Tensor y = at::empty_like(fine);
  with_types(fine, [&]<typename Element, typename>() {
    cuda::add_doubled(read<Element>(fine), read<Element>(coarse), coarse_image(coarse), write<Element>(y),
                      current_stream());
  });
  return y;
}

at::Tensor sum_of_2x2(const at::Tensor& fine) {
  at::Tensor sum = half_of(fine);
  with_types(fine, [&]<typename Element, typename>() {
    cuda::sum_of_2x2(read<Element>(fine), coarse_image(sum), write<Element>(sum), current_stream());
  });
  return sum;
}

// Calls body.template operator()<Number>() for tensors in float32 or float64.
template <typename Body>
void with_number(const at::Tensor& x, const Body& body) {
  x.scalar_type() == at::kDouble ? body.template operator()<double>() : body.template operator()<float>();
}

template <typename Number>
cuda::HeatMaps<Number> heat_maps(const SquaredErrorInputs& inputs) {
  const at::Tensor& targets = inputs.targets;
  cuda::HeatMaps<Number> maps{{},
                              static_cast<int>(inputs.maps.size()),
                              read<Number>(targets),
                              read<Number>(inputs.mask),
                              targets.size(0) * targets.size(1),
                              static_cast<int>(targets.size(2) * targets.size(3))};
  std::transform(inputs.maps.begin(), inputs.maps.end(), maps.stacks, read<Number>);
  return maps;
}

at::Tensor squared_error(const SquaredErrorInputs& inputs) {
  TORCH_CHECK(inputs.maps.size() <= cuda::most_stacks, "at most ", cuda::most_stacks, " stacks");
  const at::Tensor partial = doubles(inputs.targets, {cuda::blocks_of_sum});
  at::Tensor sum = doubles(inputs.targets, {});
  with_number(inputs.targets, [&]<typename Number>() {
    cuda::squared_error(heat_maps<Number>(inputs), write<double>(partial), write<double>(sum), current_stream());
  });
  return sum;
}

std::vector<at::Tensor> squared_error_gradients(const SquaredErrorInputs& inputs, const at::Tensor& factor) {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& map : inputs.maps) gradients.push_back(at::empty_like(map));
  with_number(inputs.targets, [&]<typename Number>() {
    cuda::HeatMapGradients<Number> out{};
    std::transform(gradients.begin(), gradients.end(), out.stacks, write<Number>);
    cuda::squared_error_gradient(heat_maps<Number>(inputs), read<double>(factor), out, current_stream());
  });
  return gradients;
}

at::Tensor norm(const at::Tensor& flat) {
  const at::Tensor partial = doubles(flat, {cuda::blocks_of_sum});
  at::Tensor result = doubles(flat, {1});
  with_number(flat, [&]<typename Number>() {
    cuda::euclidean_norm(read<Number>(flat), flat.numel(), write<double>(partial), write<double>(result),
                         current_stream());
  });
  return result;
}

void rmsprop(const RmsPropStep& step) {
  const cuda::RmsPropFactors factors{read<double>(step.learning_rate), read<double>(step.figures),
                                     static_cast<int>(step.figures.numel()), step.decay, step.epsilon};
  with_number(step.parameters, [&]<typename Number>() {
    const cuda::RmsPropMemory<Number> memory{
        write<Number>(step.parameters), write<Number>(step.mean_square), read<Number>(step.gradients),
        step.rounded.defined() ? step.rounded.mutable_data_ptr() : nullptr, step.parameters.numel()};
    cuda::rmsprop(memory, factors, current_stream());
  });
}

}  // namespace

const Kernels& cuda_kernels() {
  static const Kernels kernels = {.normalise = normalise,
                                  .normalise_gradients = normalise_gradients,
                                  .scale_relu = scale_relu,
                                  .convolves = convolves,
                                  .convolve = convolve,
                                  .convolve_gradients = convolve_gradients,
                                  .halve = halve,
                                  .halve_gradient = halve_gradient,
                                  .add_doubled = add_doubled,
                                  .sum_of_2x2 = sum_of_2x2,
                                  .squared_error = squared_error,
                                  .squared_error_gradients = squared_error_gradients,
                                  .norm = norm,
                                  .rmsprop = rmsprop};
  return kernels;
}

}  // namespace pbn::model
