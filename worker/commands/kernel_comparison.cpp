#include "worker/commands/kernel_comparison.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/time.h"

namespace pbn::worker {
namespace {

const char* type_name(at::ScalarType type) {
  if (type == at::kBFloat16) return "bf16";
  return type == at::kDouble ? "fp64" : "fp32";
}

double rounding_of(at::ScalarType type) {
  if (type == at::kBFloat16) return std::ldexp(1, -8);
  return type == at::kDouble ? 1e-12 : std::ldexp(1, -24);  // what it is compared with is float64 itself
}

// The kernels of a device until the end of a scope.
class KernelsInUse {
 public:
  KernelsInUse(at::DeviceType device, const model::Kernels& kernels)
      : device_(device), before_(model::kernels_for(device)) {
    model::use_kernels(device, kernels);
  }
  ~KernelsInUse() { model::use_kernels(device_, before_); }
  KernelsInUse(const KernelsInUse&) = delete;
  KernelsInUse& operator=(const KernelsInUse&) = delete;

 private:
  at::DeviceType device_;
  const model::Kernels& before_;
};

at::Tensor copied_as(at::ScalarType type, const at::Tensor& values) {
  if (!values.defined()) return values;
  const at::Tensor copy = values.to(type, /*non_blocking=*/false, /*copy=*/true);
  return copy.dim() == 4 ? copy.contiguous(at::MemoryFormat::ChannelsLast) : copy;
}

at::ScalarType type_of(const KernelCase::Input& input, at::ScalarType type) {
  return input.is_parameter && type == at::kBFloat16 ? at::kFloat : type;
}

// The tensors of a case in the types of a network of this type, and the operation as it runs.
class RunningCase {
 public:
  RunningCase(const KernelCase& one, at::ScalarType type) : case_(one) {
    for (const KernelCase::Input& input : one.inputs) {
      inputs_.push_back(copied_as(type_of(input, type), input.values));
      if (!input.has_gradient) continue;
      inputs_.back().set_requires_grad(true);
      inputs_.back().mutable_grad() = at::zeros_like(inputs_.back());  // to which kernels may add themselves
    }
    for (const at::Tensor& gradient : one.result_gradients) gradients_.push_back(copied_as(type, gradient));
  }

  std::vector<at::Tensor> operator()() const {
    std::vector<at::Tensor> results = case_.run(inputs_), wanted, gradients;
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      if (!gradients_[i].defined()) continue;
      wanted.push_back(results[i]);
      gradients.push_back(gradients_[i].to(results[i].scalar_type()));
    }
    if (!wanted.empty()) torch::autograd::backward(wanted, gradients);
    return results;
  }

  // The results and then, in the order of the inputs, gradients and changed values, in float64.
  std::vector<at::Tensor> outcomes() const {
    std::vector<at::Tensor> all = (*this)();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      all.push_back(case_.inputs[i].has_gradient ? inputs_[i].grad() : inputs_[i]);
    }
    for (at::Tensor& tensor : all) tensor = tensor.detach().to(at::kDouble);
    return all;
  }

 private:
  const KernelCase& case_;
  std::vector<at::Tensor> inputs_, gradients_;
};

std::vector<at::Tensor> outcomes_by(const model::Kernels& kernels, const KernelCase& one, const Device& device,
                                    at::ScalarType type) {
  const KernelsInUse in_use(device.torch().type(), kernels);
  return RunningCase(one, type).outcomes();
}

double seconds_by(const model::Kernels& kernels, const KernelCase& one, const Device& device, int runs) {
  const KernelsInUse in_use(device.torch().type(), kernels);
  const RunningCase running(one, one.type);
  for (int i = 0; i < 2; ++i) running();
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    device.synchronise();
    const Stopwatch stopwatch;
    running();
    device.synchronise();
    seconds.push_back(stopwatch.seconds());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

double error_of(const at::Tensor& values, const at::Tensor& exact) {
  if (exact.numel() == 0) return 0;
  const double largest = exact.abs().max().item<double>();
  const double difference = (values - exact).abs().max().item<double>();
  if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
  return largest > 0 ? difference / largest : difference;
}

std::string name_of(const KernelCase& one, std::size_t results, std::size_t outcome) {
  if (outcome < results) return results == 1 ? "result" : fmt::format("result {}", outcome + 1);
  const KernelCase::Input& input = one.inputs[outcome - results];
  return input.has_gradient ? "gradient of " + input.name : input.name;
}

std::string milliseconds(double seconds) { return seconds > 0 ? fmt::format("{:.3f}", 1e3 * seconds) : "-"; }

}  // namespace

KernelComparison compare_kernels(const KernelCase& one, const Device& device, const model::Kernels& own, int runs) {
  const auto exact = outcomes_by(model::aten_kernels, one, device, at::kDouble);
  const auto by_aten = outcomes_by(model::aten_kernels, one, device, one.type);
  const auto by_own = outcomes_by(own, one, device, one.type);
  KernelComparison comparison{.operation = one.operation, .shape = one.shape, .type = type_name(one.type)};
  const std::size_t results = exact.size() - one.inputs.size();
  double worst_share = -1;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double own_error = error_of(by_own[i], exact[i]), aten_error = error_of(by_aten[i], exact[i]);
    const bool is_of_parameter = i >= results && one.inputs[i - results].is_parameter;
    const at::ScalarType type = is_of_parameter && one.type == at::kBFloat16 ? at::kFloat : one.type;
    const double allowed = 2 * aten_error + 2 * rounding_of(type);
    if (own_error / allowed <= worst_share) continue;
    worst_share = own_error / allowed;
    comparison.worst = name_of(one, results, i);
    comparison.own_error = own_error, comparison.aten_error = aten_error, comparison.allowed = allowed;
  }
  if (runs == 0) return comparison;
  comparison.aten_seconds = seconds_by(model::aten_kernels, one, device, runs);
  comparison.own_seconds = seconds_by(own, one, device, runs);
  return comparison;
}

Table table_of(const std::vector<KernelComparison>& comparisons) {
  Table table{{"operation", "shape", "type", "worst in", "error", "LibTorch's", "ms", "LibTorch's", "ratio", ""}, {}};
  for (const KernelComparison& one : comparisons) {
    table.rows.push_back({one.operation, one.shape, one.type, one.worst, fmt::format("{:.1e}", one.own_error),
                          fmt::format("{:.1e}", one.aten_error), milliseconds(one.own_seconds),
                          milliseconds(one.aten_seconds),
                          one.own_seconds > 0 ? fmt::format("{:.2f}", one.aten_seconds / one.own_seconds) : "-",
                          one.is_right() ? "right" : "WRONG"});
  }
  return table;
}

}  // namespace pbn::worker
