#include "worker/checkpoints/checkpoint.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "base/digest.h"
#include "base/error.h"
#include "model/weights/safetensors.h"
#include "worker/checkpoints/other_run.h"

namespace pbn::worker {
namespace fs = std::filesystem;

// "position" in the metadata.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Position, epoch, step, loss_so_far, zero_loss_so_far, skipped_people, epoch_losses,
                                   best_epoch, best_figure, seconds, attempts)

namespace {

void require_possible(const Position& position, const fs::path& file) {
  const auto is_natural = [](double value) { return std::isfinite(value) && value >= 0; };
  const bool is_possible = position.epoch >= 1 && position.step >= 0 && position.attempts >= 1 &&
                           position.epoch_losses.size() == static_cast<std::size_t>(position.epoch - 1) &&
                           position.best_epoch >= 0 && position.best_epoch < position.epoch &&
                           position.skipped_people >= 0 && is_natural(position.loss_so_far) &&
                           is_natural(position.zero_loss_so_far) && is_natural(position.seconds);
  if (!is_possible) throw data_error(file.string(), "", "has an impossible position in the training");
}

std::string digest_of(const std::vector<model::NamedTensor>& tensors, const model::Metadata& metadata) {
  Sha256 sum;
  for (const auto& [name, tensor] : tensors) {
    sum.update(fmt::format("{} {} [{}] ", name, c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ",")));
    sum.update(std::span(static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()));
  }
  for (const auto& [key, value] : metadata) {
    if (key != "sha256") sum.update(fmt::format("{}={}\n", key, value));
  }
  return sum.hex();
}

// Reads tensors of a checkpoint and checks them against what its run saves.
class StoredState {
 public:
  StoredState(const model::SafeTensors& stored, const fs::path& file) : stored_(stored), file_(file) {}

  at::Tensor flat(const char* name, std::int64_t length, double least = -HUGE_VAL) const {
    const at::Tensor& tensor = finite(name);
    require(name, tensor.dim() == 1 && tensor.numel() == length && (tensor >= least).all().item<bool>());
    return tensor;
  }
  at::Tensor by_rank(const char* name, std::int64_t length) const {
    const at::Tensor& tensor = finite(name);
    require(name, tensor.dim() == 2 && tensor.size(0) >= 1 && tensor.size(1) == length);
    return tensor;
  }
  std::int64_t count(const char* name) const {
    const at::Tensor& tensor = stored_.at(name, file_);
    require(name, tensor.dim() == 0 && tensor.scalar_type() == at::kLong && tensor.item<std::int64_t>() >= 0);
    return tensor.item<std::int64_t>();
  }

 private:
  const at::Tensor& finite(const char* name) const {
    const at::Tensor& tensor = stored_.at(name, file_);
    require(name, tensor.is_floating_point() && tensor.isfinite().all().item<bool>());
    return tensor;
  }
  void require(const char* name, bool is_right) const {
    if (!is_right) throw data_error(file_.string(), "", "its \"{}\" cannot have been saved by this run", name);
  }

  const model::SafeTensors& stored_;
  const fs::path& file_;
};

const std::string& metadata_of(const model::SafeTensors& stored, const char* key, const fs::path& file) {
  const auto found = stored.metadata.find(key);
  if (found == stored.metadata.end()) throw data_error(file.string(), "", "is not a checkpoint: it has no \"{}\"", key);
  return found->second;
}

at::Tensor host_copy(const at::Tensor& tensor, const at::Tensor* reuse) {
  const bool fits = reuse && reuse->defined() && reuse->sizes() == tensor.sizes();
  at::Tensor copy = fits ? *reuse : at::empty(tensor.sizes(), tensor.options().device(at::kCPU));
  copy.copy_(tensor);
  return copy;
}

}  // namespace

Checkpoint Checkpoint::copy(std::optional<Checkpoint> reuse) const {
  const at::NoGradGuard no_gradient;
  const auto old = [&](at::Tensor Checkpoint::*member) { return reuse ? &(*reuse.*member) : nullptr; };
  Checkpoint twin{position, host_copy(parameters, old(&Checkpoint::parameters)),
                  host_copy(mean_square, old(&Checkpoint::mean_square)),
                  host_copy(statistics, old(&Checkpoint::statistics))};
  if (average) {
    AverageState* before = reuse && reuse->average ? &*reuse->average : nullptr;
    twin.average = {host_copy(average->parameters, before ? &before->parameters : nullptr),
                    host_copy(average->statistics, before ? &before->statistics : nullptr), average->updates};
  }
  return twin;
}

void write_checkpoint(const fs::path& file, const Json& identity, const Checkpoint& checkpoint) {
  std::vector<model::NamedTensor> tensors{{"parameters", checkpoint.parameters},
                                          {"mean_square", checkpoint.mean_square},
                                          {"statistics", checkpoint.statistics}};
  if (const auto& average = checkpoint.average) {
    tensors.push_back({"average.parameters", average->parameters});
    tensors.push_back({"average.statistics", average->statistics});
    tensors.push_back({"average.updates", at::scalar_tensor(average->updates, at::kLong)});
  }
  for (auto& [name, tensor] : tensors) tensor = tensor.detach().to(at::kCPU).contiguous();
  model::Metadata metadata{{"identity", canonical(identity)}, {"position", canonical(Json(checkpoint.position))}};
  metadata["sha256"] = digest_of(tensors, metadata);
  model::write_safetensors(file, tensors, metadata);
}

Checkpoint read_checkpoint(const fs::path& file, const Json& identity, const CheckpointShape& shape) {
  const model::SafeTensors stored = model::read_safetensors(file);
  if (metadata_of(stored, "sha256", file) != digest_of(stored.tensors, stored.metadata)) {
    throw data_error(file.string(), "", "its content has changed since it was saved (SHA-256)");
  }
  const Json saved = parse_json(metadata_of(stored, "identity", file), file.string());
  if (saved != identity) throw other_run(file.parent_path(), "checkpoints", saved, identity);
  const StoredState state(stored, file);
  Checkpoint checkpoint{parse_json(metadata_of(stored, "position", file), file.string()).get<Position>(),
                        state.flat("parameters", shape.parameters), state.flat("mean_square", shape.parameters, 0),
                        state.by_rank("statistics", shape.statistics)};
  require_possible(checkpoint.position, file);
  if (shape.has_average) {
    checkpoint.average = {state.flat("average.parameters", shape.parameters),
                          state.by_rank("average.statistics", shape.statistics), state.count("average.updates")};
  }
  return checkpoint;
}

}  // namespace pbn::worker
