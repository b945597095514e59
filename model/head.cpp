#include "model/head.h"

#include <ATen/ATen.h>

#include "base/error.h"
#include "model/kernels/operations.h"

namespace pbn::model {

at::Tensor sorting_matrix(const config::Groups& groups, int parts) {
  std::vector<std::int64_t> part_of_map;
  for (const auto& group : groups) {
    for (const int part : group) {
      if (part < 0 || part >= parts) {
        throw usage_error("model.groups", "", "part {} is not one of the {} parts", part, parts);
      }
      part_of_map.push_back(part);
    }
  }
  const at::Tensor matrix = at::one_hot(at::tensor(part_of_map), parts).to(at::kDouble).t().contiguous();
  const at::Tensor maps = matrix.sum(1, /*keepdim=*/true);  // of each part
  if ((maps == 0).any().item<bool>()) {
    throw usage_error("model.groups", "put every part into a group", "a part is in no group");
  }
  return (matrix / maps).unsqueeze(2).unsqueeze(3);
}

Branch::Branch(Parameters& parameters, const std::string& name, const config::ModelSpec& spec, int group_size)
    : lin(parameters, name + ".lin", spec.features, spec.width),
      blocks([&] {
        std::vector<ResidualBlock> made;
        for (int i = 0; i < spec.depth; ++i) {
          made.emplace_back(parameters, fmt::format("{}.residual{}", name, i), spec.width, spec.width);
        }
        return made;
      }()),
      conv(parameters, name + ".conv", spec.width, group_size) {}

HeatMapHead::HeatMapHead(Parameters& parameters, const std::string& name, const config::ModelSpec& spec,
                         at::ScalarType type_of_means)
    : spec(spec), type_of_means(type_of_means) {
  if (spec.head != config::Head::pbn) {
    if (spec.head == config::Head::deep) residual.emplace(parameters, name + ".residual", spec.features, spec.features);
    conv.emplace(parameters, name + ".conv", spec.features, spec.parts);
    return;
  }
  sorting = sorting_matrix(spec.groups, spec.parts);
  for (std::size_t i = 0; i < spec.groups.size(); ++i) {
    branches.emplace_back(parameters, fmt::format("{}.branch{}", name, i), spec,
                          static_cast<int>(spec.groups[i].size()));
  }
}

HeadOutput HeatMapHead::operator()(const at::Tensor& shared, const BatchNormOptions& options) const {
  if (conv) return {(*conv)(residual ? (*residual)(shared, options) : shared), {}};
  std::vector<at::Tensor> maps, features;
  for (const Branch& branch : branches) {
    at::Tensor x = branch.lin(shared, options);
    for (const ResidualBlock& block : branch.blocks) x = block(x, options);
    features.push_back(x);
    maps.push_back(branch.conv(x));
  }
  const at::Tensor by_group = at::cat(maps, 1);
  const at::ScalarType type = by_group.scalar_type();
  const at::ScalarType exact = type == at::kDouble ? at::kDouble : type_of_means;  // in bfloat16 a third is too rough
  if (sorting.device() != by_group.device() || sorting.scalar_type() != exact) {
    sorting = sorting.to(by_group.device(), exact);  // only once: a CUDA graph cannot copy from the host
  }
  const at::Tensor by_part = at::conv2d(by_group.to(exact), sorting);
  return {by_part.to(type), at::cat(features, 1)};
}

}  // namespace pbn::model
