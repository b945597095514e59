#include "worker/prediction/scale_pyramid.h"

#include <ATen/ATen.h>

#include <cmath>

#include "model/heat_maps.h"

namespace pbn::worker {
namespace {

constexpr std::int64_t bilinear = 0, zeros_outside = 0, edge_outside = 1;  // grid_sampler's modes

}  // namespace

ScaleFrame::ScaleFrame(std::vector<double> scales, int input_pixels, bool lineage_border)
    : scales_(std::move(scales)),
      input_pixels_(input_pixels),
      side_(static_cast<int>(std::ceil(scales_.back() * input_pixels))),
      lineage_border_(lineage_border) {}

at::Tensor ScaleFrame::mean(const std::vector<at::Tensor>& maps) const {
  at::Tensor sum;
  for (std::size_t view = 0; view < scales_.size(); ++view) {
    // grid_sampler counts from -1 to 1 across a map.
    const at::Tensor from_centre = at::arange(side_, at::kDouble) + (0.5 - side_ / 2.0);
    const at::Tensor axis = (from_centre * (2 / (scales_[view] * input_pixels_))).to(maps[view].options());
    const at::Tensor across = axis.unsqueeze(0).expand({side_, side_}), down = axis.unsqueeze(1).expand_as(across);
    const at::Tensor grid = at::stack({across, down}, 2).unsqueeze(0).expand({maps[view].size(0), -1, -1, -1});
    at::Tensor resized = at::grid_sampler_2d(maps[view], grid, bilinear, lineage_border_ ? edge_outside : zeros_outside,
                                             /*align_corners=*/false);
    if (lineage_border_) {
      const at::Tensor is_seen = axis.abs() <= 1;
      resized = resized * is_seen.unsqueeze(0).logical_and(is_seen.unsqueeze(1));
    }
    sum = sum.defined() ? sum.add_(resized) : resized;
  }
  return sum.div_(static_cast<double>(scales_.size()));
}

data::Affine ScaleFrame::to_input(std::size_t view) const {
  const double step = 1 / scales_[view];
  const double start = input_pixels_ / 2.0 - step * side_ / 2.0;
  return {step, 0, start, 0, step, start};
}

FoundJoints find_joints(const std::vector<at::Tensor>& maps, const config::TestProtocol& test) {
  if (maps.size() == 1) {
    const model::Decoded decoded = model::decode(maps.front(), test.shift, test.lineage_border);
    return {decoded.joints, decoded.confidence, {1, 0, 0, 0, 1, 0}};
  }
  const ScaleFrame frame(test.scales, static_cast<int>(maps.front().size(3)) * model::pixels_per_cell,
                         test.lineage_border);
  const model::Decoded decoded = model::decode(frame.mean(maps), false);
  return {decoded.joints / model::pixels_per_cell, decoded.confidence,
          frame.to_input(0)};  // a cell is a frame pixel here
}

}  // namespace pbn::worker
