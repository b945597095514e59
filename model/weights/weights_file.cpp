#include "model/weights/weights_file.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "config/run_config.h"
#include "config/schema.h"
#include "model/weights/safetensors.h"

namespace pbn::model {
namespace fs = std::filesystem;
namespace {

constexpr const char* format = "pbn-weights";

config::Skeleton tasks_from(const std::string& skeleton_text, const std::vector<std::string>& parts) {
  const config::Skeleton& skeleton = config::skeleton_of_text(skeleton_text);
  config::Skeleton tasks = config::with_only_parts(skeleton, parts);
  if (tasks.parts != parts || parts.empty())
    throw data_error("", "", "its parts are not parts of {} in that order", skeleton.name);
  return tasks;
}

NetworkDescription description_from(const Metadata& metadata) {
  if (metadata.at("format") != format) throw data_error("", "", "its format is not {}", format);
  const config::Skeleton tasks =
      tasks_from(metadata.at("skeleton"), Json::parse(metadata.at("parts")).get<std::vector<std::string>>());
  Json model = Json::parse(metadata.at("model"));
  model.erase("parts");  // written by earlier versions
  const Json resolved = config::resolve({{"model", model}}, "");
  const auto side = metadata.find("input_pixels");
  const int input_pixels = side == metadata.end() ? 0 : Json::parse(side->second).get<int>();
  if (input_pixels != 0) config::require_input_side(input_pixels, "input_pixels");
  NetworkDescription description{config::model_spec(resolved["model"], tasks), tasks, input_pixels};
  const auto mean = metadata.find("mean_rgb");
  if (mean != metadata.end()) description.mean_rgb = Json::parse(mean->second).get<std::array<double, 3>>();
  return description;
}

NetworkDescription description_from(const Metadata& metadata, const fs::path& file) {
  const auto refusal = [&](const std::string& reason) {
    return data_error(file.string(), "is it a weights.safetensors of pbn_worker?",
                      "does not describe a network that can be built: {}", reason);
  };
  try {
    return description_from(metadata);
  } catch (const std::out_of_range&) {
    throw refusal("its metadata is incomplete");
  } catch (const std::exception& error) {  // an Error, or one of Json
    throw refusal(error.what());
  }
}

std::vector<NamedTensor> parameters_and_buffers(const Network& network) {
  std::vector<NamedTensor> all = network.parameters();
  all.insert(all.end(), network.buffers().begin(), network.buffers().end());
  return all;
}

void require_fit(const NamedTensor& wanted, const at::Tensor& value, const fs::path& file) {
  if (!value.is_floating_point()) {
    throw data_error(file.string(), "store it as F32, F16 or BF16; integers are useless without their scale",
                     "tensor \"{}\" is of type {}, but weights are floating-point numbers", wanted.name,
                     c10::toString(value.scalar_type()));
  }
  if (value.sizes() != wanted.tensor.sizes()) {
    throw data_error(file.string(), "was it trained with another specification?",
                     "tensor \"{}\" has shape ({}), but the network needs ({})", wanted.name,
                     fmt::join(value.sizes(), ", "), fmt::join(wanted.tensor.sizes(), ", "));
  }
  if (!value.to(at::kDouble).isfinite().all().item<bool>()) {  // isfinite() lacks some types
    throw data_error(file.string(), "did its training fail, or is the file damaged?",
                     "tensor \"{}\" holds values that are not finite", wanted.name);
  }
}

// Whether a tensor may be a weight of a network of this program. Other programs store more, such as PyTorch's
// num_batches_tracked or the number of steps, with weights that are usable.
bool may_be_a_weight(const NamedTensor& stored) {
  const bool is_in_a_module = stored.name.starts_with("stem.") || stored.name.starts_with("stack");
  return is_in_a_module && stored.tensor.is_floating_point();
}

struct Assignment {
  at::Tensor to, value;
};

void assign(const std::vector<Assignment>& assignments) {
  const c10::NoGradGuard no_gradient;
  for (const auto& [to, value] : assignments) to.copy_(value);
}

// Whether a tensor of this name has the same meaning in both networks.
bool has_same_meaning(const std::string& name, const NetworkDescription& a, const NetworkDescription& b) {
  const auto has = [&](const char* place) { return name.find(place) != std::string::npos; };
  const auto fuses_specific = [](const config::ModelSpec& spec) {
    return spec.head == config::Head::pbn && spec.fusion == config::Fusion::specific;
  };
  const bool same_parts = a.tasks.parts == b.tasks.parts;
  const bool same_branches =
      a.spec.groups == b.spec.groups && a.spec.depth == b.spec.depth && a.spec.width == b.spec.width;
  const bool same_head =
      same_parts && a.spec.head == b.spec.head && (a.spec.head != config::Head::pbn || same_branches);
  if (has(".head.")) return same_head;
  if (has(".fusion.maps.")) return same_parts;
  if (has(".fusion.features.")) {
    return fuses_specific(a.spec) == fuses_specific(b.spec) && (!fuses_specific(a.spec) || same_head);
  }
  return true;
}

}  // namespace

Metadata to_metadata(const NetworkDescription& network) {
  Metadata metadata{{"format", format},
                    {"model", canonical(config::to_json(network.spec, network.tasks))},
                    {"skeleton", network.tasks.text},
                    {"parts", canonical(Json(network.tasks.parts))}};
  if (network.input_pixels > 0) metadata["input_pixels"] = std::to_string(network.input_pixels);
  if (network.mean_rgb != config::mpii_mean_rgb) metadata["mean_rgb"] = canonical(Json(network.mean_rgb));
  return metadata;
}

NetworkDescription read_weights_description(const fs::path& file) {
  return description_from(read_safetensors_header(file).metadata, file);
}

void write_weights(const fs::path& file, const Network& network, const config::Skeleton& tasks, int input_pixels) {
  write_safetensors(file, parameters_and_buffers(network),
                    to_metadata({network.spec(), tasks, input_pixels, network.mean_rgb()}));
}

void read_weights(const fs::path& file, Network& network) {
  const SafeTensors stored = read_safetensors(file);
  const std::vector<NamedTensor> wanted = parameters_and_buffers(network);
  std::vector<Assignment> assignments;
  for (const NamedTensor& named : wanted) {
    assignments.push_back({named.tensor, stored.at(named.name, file)});
    require_fit(named, assignments.back().value, file);
  }
  for (const NamedTensor& left : stored.tensors) {
    const auto is_it = [&](const NamedTensor& named) { return named.name == left.name; };
    if (!may_be_a_weight(left) || std::any_of(wanted.begin(), wanted.end(), is_it)) continue;
    throw data_error(file.string(), "was it trained with another specification?",
                     "holds a tensor \"{}\" that the network does not have", left.name);
  }
  assign(assignments);
}

WeightTransfer transfer_weights(const fs::path& file, Network& network, const config::Skeleton& tasks) {
  const SafeTensors stored = read_safetensors(file);
  const NetworkDescription source = description_from(stored.metadata, file), target{network.spec(), tasks};
  std::map<std::string, at::Tensor> left;
  for (const auto& [name, tensor] : stored.tensors) left[name] = tensor;
  WeightTransfer transfer;
  std::vector<Assignment> assignments;
  for (const NamedTensor& named : parameters_and_buffers(network)) {
    const auto found = left.find(named.name);
    const bool is_wanted = has_same_meaning(named.name, source, target);
    if (is_wanted && found == left.end()) stored.require_readable(named.name, file);
    if (!is_wanted || found == left.end()) {
      transfer.fresh.push_back(named.name);
      continue;
    }
    require_fit(named, found->second, file);
    assignments.push_back({named.tensor, found->second});
    transfer.taken.push_back(named.name);
    left.erase(found);
  }
  for (const auto& [name, tensor] : left) transfer.unused.push_back(name);
  for (const StoredTensor& tensor : stored.unreadable) transfer.unused.push_back(tensor.name);
  if (transfer.taken.empty()) throw data_error(file.string(), "", "holds no weights that this network can start from");
  assign(assignments);
  return transfer;
}

}  // namespace pbn::model
