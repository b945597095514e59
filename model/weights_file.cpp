#include "model/weights_file.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "base/error.h"
#include "base/json.h"
#include "model/safetensors.h"

namespace pbn {
namespace {

// The keys and values are those of a configuration's "model" section.
Json described(const ModelSpec& spec, const Skeleton& skeleton) {
  return {{"parts", spec.parts},
          {"stacks", spec.stacks},
          {"features", spec.features},
          {"head", name_of(spec.head)},
          {"groups", to_json(spec.groups, skeleton)},
          {"depth", spec.depth},
          {"width", spec.width},
          {"fusion", name_of(spec.fusion)},
          {"batch_norm", spec.synchronised_batch_norm ? "synchronised" : "per-rank"},
          {"gamma", spec.uniform_gamma ? "uniform" : "one"}};
}

std::vector<NamedTensor> parameters_and_buffers(const Network& network) {
  std::vector<NamedTensor> all = network.parameters();
  all.insert(all.end(), network.buffers().begin(), network.buffers().end());
  return all;
}

}  // namespace

void write_weights(const std::filesystem::path& file, const Network& network, const Skeleton& skeleton) {
  write_safetensors(file, parameters_and_buffers(network),
                    {{"format", "pbn-weights"},
                     {"model", canonical(described(network.spec(), skeleton))},
                     {"skeleton", skeleton.name},
                     {"parts", canonical(Json(skeleton.parts))}});
}

void read_weights(const std::filesystem::path& file, Network& network) {
  const SafeTensors stored = read_safetensors(file);
  const std::vector<NamedTensor> wanted = parameters_and_buffers(network);
  std::vector<at::Tensor> values;
  for (const auto& [name, tensor] : wanted) {
    const at::Tensor& value = values.emplace_back(stored.at(name, file));
    if (value.sizes() != tensor.sizes() || !value.is_floating_point()) {
      throw data_error(file.string(), "was it trained with another specification?",
                       "tensor \"{}\" has shape ({}), the network wants ({})", name, fmt::join(value.sizes(), ", "),
                       fmt::join(tensor.sizes(), ", "));
    }
  }
  if (stored.tensors.size() != wanted.size()) {
    throw data_error(file.string(), "was it trained with another specification?",
                     "holds {} tensors, the network has {}", stored.tensors.size(), wanted.size());
  }
  const c10::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i].tensor.copy_(values[i]);
}

}  // namespace pbn
