#include "model/heat_maps.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <limits>

#include "model/kernels/kernels.h"

namespace pbn::model {
namespace {

constexpr double window_radius = 3;  // cells: a window of 7x7

// cells (B, K): one coordinate of the centre's cell -> (B, K, S): one factor of the separable Gaussian.
at::Tensor gaussian(const at::Tensor& cells, int side, double sigma) {
  const at::Tensor distance = at::arange(side, cells.options()) - cells.unsqueeze(2);
  const at::Tensor heights = at::exp(distance.square() / (-2 * sigma * sigma));
  return heights.masked_fill(distance.abs() > window_radius, 0);
}

// cell (B, K): one coordinate of a cell -> whether the cell has a neighbour on both sides along this axis.
at::Tensor has_neighbours(const at::Tensor& cell, std::int64_t side) { return (cell > 0).logical_and(cell < side - 1); }

// values (B, K, S) along one axis through the peak, cell (B, K) -> -1/4 or 1/4, or 0 between equal neighbours.
at::Tensor quarter_towards_higher(const at::Tensor& values, const at::Tensor& cell) {
  const at::Tensor place = cell.unsqueeze(2);
  const at::Tensor right = values.gather(2, (place + 1).clamp_max(values.size(2) - 1));
  const at::Tensor left = values.gather(2, (place - 1).clamp_min(0));
  return (at::sign(right - left) * 0.25).squeeze(2);
}

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// All stacks in one pass forward and one backward -> float64 scalar.
struct SquaredErrorByKernels : torch::autograd::Function<SquaredErrorByKernels> {
  static at::Tensor forward(AutogradContext* context, at::TensorList maps, const at::Tensor& targets,
                            const at::Tensor& mask, double denominator) {
    variable_list saved(maps.begin(), maps.end());
    saved.push_back(targets);
    saved.push_back(mask);
    context->save_for_backward(saved);
    context->saved_data["denominator"] = denominator;
    return kernels_for(targets).squared_error(inputs_of(std::move(saved))) / denominator;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const SquaredErrorInputs inputs = inputs_of(context->get_saved_variables());
    const at::Tensor factor = gradients[0] / context->saved_data["denominator"].toDouble();
    variable_list all = kernels_for(inputs.targets).squared_error_gradients(inputs, factor);
    all.resize(all.size() + 3);  // none for the targets, the mask and the denominator
    return all;
  }

  static SquaredErrorInputs inputs_of(variable_list saved) {
    const at::Tensor mask = saved.back(), targets = saved[saved.size() - 2];
    saved.resize(saved.size() - 2);
    return {std::move(saved), targets, mask};
  }
};

}  // namespace

at::Tensor normalised_images(const at::Tensor& pixels, at::ScalarType type, const std::array<double, 3>& mean_rgb) {
  const at::ScalarType exact = type == at::kDouble ? at::kDouble : at::kFloat;
  const auto on_device = [&](double value) { return at::full({1}, value, pixels.options().dtype(exact)); };
  const at::Tensor mean = at::cat({on_device(mean_rgb[0]), on_device(mean_rgb[1]), on_device(mean_rgb[2])});
  return (pixels.to(exact) / 255 - mean).to(type).permute({0, 3, 1, 2});
}

Targets make_targets(const at::Tensor& joints, const at::Tensor& labelled, int side, double sigma) {
  const at::Tensor cells = (joints / pixels_per_cell).floor();  // (B, K, 2)
  const at::Tensor inside = (cells >= 0).logical_and(cells < side).all(2);
  const at::Tensor mask = inside.logical_and(labelled.to(at::kBool)).to(joints.scalar_type());
  const at::Tensor across = gaussian(cells.select(2, 0), side, sigma) * mask.unsqueeze(2);
  const at::Tensor down = gaussian(cells.select(2, 1), side, sigma);
  return {down.unsqueeze(3) * across.unsqueeze(2), mask};
}

at::Tensor heat_map_loss(const std::vector<at::Tensor>& maps, const Targets& targets, double denominator) {
  if (kernels_for(targets.maps).squared_error) {
    return SquaredErrorByKernels::apply(at::TensorList(maps), targets.maps, targets.mask, denominator);
  }
  const at::Tensor mask = targets.mask.unsqueeze(2).unsqueeze(3);
  at::Tensor sum;
  for (const at::Tensor& stack : maps) {
    const at::Tensor squares = ((stack - targets.maps) * mask).square().sum();
    sum = sum.defined() ? sum + squares : squares;
  }
  return sum / denominator;
}

double mean_squared_error_denominator(std::int64_t people, int parts, int side) {
  return static_cast<double>(people) * parts * side * side;
}

at::Tensor zero_output_loss(const Targets& targets, int stacks, double denominator) {
  return targets.maps.square().sum() * stacks / denominator;
}

Decoded decode(const at::Tensor& maps, bool quarter_shift, bool lineage_border) {
  constexpr double lowest = std::numeric_limits<float>::lowest();
  const std::int64_t batch = maps.size(0), parts = maps.size(1), width = maps.size(3);
  const at::Tensor values = maps.to(at::kFloat).nan_to_num(lowest).contiguous();
  const auto [height, cell] = values.flatten(2).max(2);
  const at::Tensor row = at::floor_divide(cell, width), column = cell - row * width;  // (B, K)
  at::Tensor x = column.to(at::kFloat), y = row.to(at::kFloat);
  if (quarter_shift) {
    const at::Tensor r = row.view({batch, parts, 1, 1}), c = column.view({batch, parts, 1, 1});
    const at::Tensor along_row = at::take_along_dim(values, r, 2).squeeze(2);
    const at::Tensor along_column = at::take_along_dim(values, c, 3).squeeze(3);
    at::Tensor moves_x = has_neighbours(column, width), moves_y = has_neighbours(row, maps.size(2));
    if (lineage_border) moves_x = moves_y = moves_x.logical_and(moves_y);
    x = x + quarter_towards_higher(along_row, column) * moves_x;
    y = y + quarter_towards_higher(along_column, row) * moves_y;
  }
  const at::Tensor joints = (at::stack({x, y}, 2) + 0.5) * pixels_per_cell;
  return {joints, height.masked_fill(height == lowest, 0)};
}

at::Tensor unflipped(const at::Tensor& maps, const config::Skeleton& skeleton) {
  const std::vector<int> mirrored = skeleton.mirrored();
  const at::Tensor order = at::tensor(at::ArrayRef<int>(mirrored), at::kLong).to(maps.device());
  return maps.flip(3).index_select(1, order);
}

}  // namespace pbn::model
