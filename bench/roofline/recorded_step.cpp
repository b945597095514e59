#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <span>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "bench/roofline/roofline.h"
#include "config/run_config.h"
#include "model/heat_maps.h"
#include "model/kernels/kernels.h"
#include "model/network.h"

namespace pbn::bench {
namespace {

using model::ConvolutionGradientInputs;
using model::ConvolutionInputs;

// Where the kernels below, which are plain functions, write; null: they write nothing. The gradients of parameters that
// they return are undefined, as of kernels that have added them to the flat gradient.
std::vector<KernelCall>* recording = nullptr;
bool is_inside_a_kernel = false;  // LibTorch's operations there only make the results

class InsideAKernel {
 public:
  InsideAKernel() : before_(std::exchange(is_inside_a_kernel, true)) {}
  ~InsideAKernel() { is_inside_a_kernel = before_; }
  InsideAKernel(const InsideAKernel&) = delete;
  InsideAKernel& operator=(const InsideAKernel&) = delete;

 private:
  bool before_;
};

double bytes_of(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<double>(tensor.numel()) * static_cast<double>(tensor.element_size()) : 0;
}

double bytes_of(std::initializer_list<at::Tensor> tensors) {
  double bytes = 0;
  for (const at::Tensor& tensor : tensors) bytes += bytes_of(tensor);
  return bytes;
}

void note(const std::string& kind, const std::string& maker, double bytes, double operations = 0) {
  if (recording) recording->push_back({kind, maker, bytes, operations});
}

at::Tensor like(const at::Tensor& x) { return at::empty_like(x, x.options(), at::MemoryFormat::ChannelsLast); }

at::Tensor image(const at::Tensor& x, std::int64_t channels, std::int64_t height, std::int64_t width) {
  return at::empty({x.size(0), channels, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
}

// ---- BatchNorm and ReLU

model::Normalised normalise(const at::Tensor& x, const model::BatchNormTensors& tensors, const model::SumOverRanks&) {
  const InsideAKernel inside;
  note("statistics", "ours", bytes_of(x));
  note("normalise", "ours", 2 * bytes_of(x));
  const at::Tensor doubles = at::empty_like(tensors.gamma, at::kDouble);
  return {like(x),
          doubles,
          doubles,
          at::empty({}, doubles.options()),
          at::empty_like(tensors.gamma),
          at::empty_like(tensors.beta)};
}

model::BatchNormGradients normalise_gradients(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x,
                                              const model::BatchNormTensors&, const model::Normalised&,
                                              const model::SumOverRanks&) {
  const InsideAKernel inside;
  note("gradient sums", "ours", bytes_of({dy, x}));
  note("input gradient", "ours", bytes_of({dy, rest, x}) + bytes_of(x));
  return {like(x), {}, {}};
}

// ---- convolutions

std::string with_kernel(const char* kind, const at::Tensor& weight) {
  return fmt::format("{} {}x{}", kind, weight.size(2), weight.size(3));
}

// Of one of the three products of a convolution.
double operations_of(const at::Tensor& y, const at::Tensor& weight) {
  const std::int64_t products = weight.numel() / weight.size(0);  // for each element of y
  return 2.0 * static_cast<double>(y.numel()) * static_cast<double>(products);
}

bool convolves(const at::Tensor&) { return true; }

at::Tensor convolve(const ConvolutionInputs& inputs) {
  const InsideAKernel inside;
  const auto& [x, weight, bias, addend, bias_is_absorbed] = inputs;
  at::Tensor y = image(x, weight.size(0), x.size(2), x.size(3));
  note(with_kernel("forward", weight), "cuDNN", bytes_of({x, weight, y}), operations_of(y, weight));
  if (!bias_is_absorbed || addend) note("bias, skip sum", "ours", 2 * bytes_of(y) + (addend ? bytes_of(*addend) : 0));
  return y;
}

model::ConvolutionGradients convolve_gradients(const ConvolutionGradientInputs& inputs) {
  const InsideAKernel inside;
  const auto& [dy, x, weight, weight_parameter, bias_parameter, bias_is_absorbed, needs_x] = inputs;
  const double operations = operations_of(dy, weight);
  note(with_kernel("weight gradient", weight), "cuDNN", bytes_of({dy, x, weight_parameter}), operations);
  if (needs_x) note(with_kernel("data gradient", weight), "cuDNN", bytes_of({dy, weight, x}), operations);
  if (!bias_is_absorbed) note("bias gradient", "ours", bytes_of(dy));
  return {needs_x ? like(x) : at::Tensor(), {}, {}};
}

// ---- sides halved and doubled

at::Tensor halve(const at::Tensor& x) {
  const InsideAKernel inside;
  at::Tensor y = image(x, x.size(1), x.size(2) / 2, x.size(3) / 2);
  note("pooling", "ours", bytes_of({x, y}));
  return y;
}

at::Tensor halve_gradient(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x) {
  const InsideAKernel inside;
  note("pooling's gradient", "ours", bytes_of({dy, rest, x}) + bytes_of(x));
  return like(x);
}

at::Tensor add_doubled(const at::Tensor& fine, const at::Tensor& coarse) {
  const InsideAKernel inside;
  note("doubling", "ours", 2 * bytes_of(fine) + bytes_of(coarse));
  return like(fine);
}

at::Tensor sum_of_2x2(const at::Tensor& fine) {
  const InsideAKernel inside;
  at::Tensor sum = image(fine, fine.size(1), fine.size(2) / 2, fine.size(3) / 2);
  note("doubling's gradient", "ours", bytes_of({fine, sum}));
  return sum;
}

// ---- loss and update

double bytes_of_maps(const model::SquaredErrorInputs& inputs) {
  double bytes = bytes_of({inputs.targets, inputs.mask});
  for (const at::Tensor& maps : inputs.maps) bytes += bytes_of(maps);
  return bytes;
}

at::Tensor squared_error(const model::SquaredErrorInputs& inputs) {
  const InsideAKernel inside;
  note("loss", "ours", bytes_of_maps(inputs));
  return at::empty({}, inputs.targets.options().dtype(at::kDouble));
}

std::vector<at::Tensor> squared_error_gradients(const model::SquaredErrorInputs& inputs, const at::Tensor&) {
  const InsideAKernel inside;
  std::vector<at::Tensor> gradients;
  double written = 0;
  for (const at::Tensor& maps : inputs.maps) {
    gradients.push_back(at::empty_like(maps));
    written += bytes_of(maps);
  }
  note("loss's gradient", "ours", bytes_of_maps(inputs) + written);
  return gradients;
}

at::Tensor norm(const at::Tensor& flat) {
  const InsideAKernel inside;
  note("norm", "ours", bytes_of(flat));
  return at::empty({1}, flat.options().dtype(at::kDouble));
}

void rmsprop(const model::RmsPropStep& step) {
  note("RMSProp", "ours", 2 * bytes_of({step.parameters, step.mean_square}) + bytes_of({step.gradients, step.rounded}));
}

const model::Kernels recording_kernels{
    .normalise = normalise,
    .normalise_gradients = normalise_gradients,
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
    .rmsprop = rmsprop,
};

// ---- what LibTorch does between our kernels

// An operation that LibTorch has begun; whether it calls others, which then do the work.
struct OperationInProgress : at::ObserverContext {
  std::vector<at::Tensor> inputs;  // which LibTorch shows at the beginning alone
  OperationInProgress* outer = nullptr;
  bool calls_others = false;
};
thread_local OperationInProgress* innermost = nullptr;

std::vector<at::Tensor> tensors_in(std::span<const c10::IValue> values) {
  std::vector<at::Tensor> tensors;
  for (const c10::IValue& value : values) {
    if (value.isTensor()) tensors.push_back(value.toTensor());
    if (value.isTensorList()) {
      for (const at::Tensor& tensor : value.toTensorVector()) tensors.push_back(tensor);
    }
  }
  return tensors;
}

bool is_view(const std::vector<at::Tensor>& inputs, const std::vector<at::Tensor>& results) {
  for (const at::Tensor& input : inputs) {
    for (const at::Tensor& result : results) {
      if (input.defined() && result.defined() && input.is_alias_of(result)) return true;
    }
  }
  return false;
}

std::unique_ptr<at::ObserverContext> begin_operation(const at::RecordFunction& function) {
  auto context = std::make_unique<OperationInProgress>();
  context->inputs = tensors_in({function.inputs().data(), function.inputs().size()});
  if (innermost) innermost->calls_others = true;
  context->outer = std::exchange(innermost, context.get());
  return context;
}

void end_operation(const at::RecordFunction& function, at::ObserverContext* context) {
  const auto* operation = static_cast<OperationInProgress*>(context);
  innermost = operation->outer;
  if (operation->calls_others || is_inside_a_kernel) return;
  const std::string_view name = function.name();
  const std::vector<at::Tensor>& inputs = operation->inputs;
  const auto results = tensors_in(function.outputs());
  const bool is_in_place = name.ends_with('_');
  if (name.starts_with("aten::empty") || name == "aten::resize_" || name == "aten::result_type") return;
  if (!is_in_place && is_view(inputs, results)) return;
  const bool reads = name != "aten::zero_" && name != "aten::fill_";
  double bytes = 0;
  for (const at::Tensor& input : inputs) bytes += reads ? bytes_of(input) : 0;
  for (const at::Tensor& result : results) bytes += bytes_of(result);
  if (bytes > 0) note(name == "aten::add_" ? "sum" : name == "aten::copy_" ? "copy" : "others", "LibTorch", bytes);
}

class LibTorchsOperations {
 public:
  LibTorchsOperations()
      : handle_(at::addThreadLocalCallback(at::RecordFunctionCallback(begin_operation, end_operation)
                                               .needsInputs(true)
                                               .needsOutputs(true)
                                               .scopes({at::RecordScope::FUNCTION}))) {}
  ~LibTorchsOperations() { at::removeCallback(handle_); }
  LibTorchsOperations(const LibTorchsOperations&) = delete;
  LibTorchsOperations& operator=(const LibTorchsOperations&) = delete;

 private:
  at::CallbackHandle handle_;
};

void take_step(model::Network& network, int people, int side) {
  const int parts = network.spec().parts;
  network.flat_gradients().zero_();
  const auto maps = network.forward(
      model::normalised_images(at::zeros({people, side, side, 3}, at::kByte), network.activation_type()));
  const model::Targets targets =
      model::make_targets(at::zeros({people, parts, 2}, at::kFloat), at::zeros({people, parts}, at::kByte),
                          side / model::pixels_per_cell, 1.75);
  model::heat_map_loss(maps, targets, 1).backward();
  const at::Tensor figures = recording_kernels.norm(network.flat_gradients());
  recording_kernels.rmsprop({.parameters = network.flat_parameters(),
                             .mean_square = network.flat_parameters(),
                             .gradients = network.flat_gradients(),
                             .rounded = network.flat_rounded(),
                             .learning_rate = at::zeros({}, at::kDouble),
                             .figures = figures,
                             .decay = 0.99,
                             .epsilon = 1e-8});
}

std::vector<KernelCall> recorded_step(model::Network& network, int people, int side) {
  std::vector<KernelCall> calls;
  recording = &calls;
  {
    const LibTorchsOperations watched;
    take_step(network, people, side);
  }
  recording = nullptr;
  return calls;
}

}  // namespace

std::vector<KernelCall> calls_of_step(const config::ModelSpec& spec, int people, int side) {
  const model::Kernels& before = model::kernels_for(at::kCPU);
  model::use_kernels(at::kCPU, recording_kernels);
  model::Network network(spec, {.precision = config::Precision::bf16});
  // Bytes and operations are linear in the people: more than two would only take memory.
  std::vector<KernelCall> calls = recorded_step(network, 1, side);
  const std::vector<KernelCall> of_two = recorded_step(network, 2, side);
  model::use_kernels(at::kCPU, before);
  if (of_two.size() != calls.size()) throw bug_error("roofline", "", "a step of two people has other calls");
  for (std::size_t i = 0; i < calls.size(); ++i) {
    calls[i].bytes += (people - 1) * (of_two[i].bytes - calls[i].bytes);
    calls[i].operations += (people - 1) * (of_two[i].operations - calls[i].operations);
  }
  return calls;
}

}  // namespace pbn::bench
