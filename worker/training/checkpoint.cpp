#include "worker/training/checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "model/safetensors.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kept = 2;

Json to_json(const Position& position) {
  return {{"epoch", position.epoch},
          {"step", position.step},
          {"loss_so_far", position.loss_so_far},
          {"zero_loss_so_far", position.zero_loss_so_far},
          {"epoch_losses", position.epoch_losses},
          {"seconds", position.seconds},
          {"attempts", position.attempts}};
}

Position position_from(const Json& json) {
  return {json.at("epoch"),
          json.at("step"),
          json.at("loss_so_far"),
          json.at("zero_loss_so_far"),
          json.at("epoch_losses").get<std::vector<double>>(),
          json.at("seconds"),
          json.at("attempts")};
}

// Newest first: the names sort by epoch and step.
std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  return files;
}

void require_possible(const Position& position, const fs::path& file) {
  const auto is_natural = [](double value) { return std::isfinite(value) && value >= 0; };
  const bool is_possible = position.epoch >= 1 && position.step >= 0 && position.attempts >= 1 &&
                           position.epoch_losses.size() == static_cast<std::size_t>(position.epoch - 1) &&
                           is_natural(position.loss_so_far) && is_natural(position.zero_loss_so_far) &&
                           is_natural(position.seconds);
  if (!is_possible) throw data_error(file.string(), "", "has an impossible position in the training");
}

// Tensors of a checkpoint, as far as they are what its run must have saved.
class StoredState {
 public:
  StoredState(const SafeTensors& stored, const fs::path& file) : stored_(stored), file_(file) {}

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
    if (!is_right) throw data_error(file_.string(), "", "its \"{}\" are not such as this run saves", name);
  }

  const SafeTensors& stored_;
  const fs::path& file_;
};

Checkpoint read_checkpoint(const fs::path& file, const std::string& run_id, const CheckpointShape& shape) {
  const SafeTensors stored = read_safetensors(file);
  const auto value = [&](const char* key) -> const std::string& {
    const auto found = stored.metadata.find(key);
    if (found == stored.metadata.end()) throw data_error(file.string(), "", "is no checkpoint: it has no \"{}\"", key);
    return found->second;
  };
  if (value("run") != run_id) {
    throw usage_error(file.parent_path().string(), "use another --out, or remove that folder to begin anew",
                      "holds checkpoints of another run (other settings, data or seed)");
  }
  const StoredState state(stored, file);
  Checkpoint checkpoint{position_from(Json::parse(value("position"))), state.flat("parameters", shape.parameters),
                        state.flat("mean_square", shape.parameters, 0), state.by_rank("statistics", shape.statistics)};
  require_possible(checkpoint.position, file);
  if (shape.has_average) {
    checkpoint.average = {state.flat("average.parameters", shape.parameters),
                          state.by_rank("average.statistics", shape.statistics), state.count("average.updates")};
  }
  return checkpoint;
}

}  // namespace

void save_checkpoint(const fs::path& folder, const std::string& run_id, const Checkpoint& checkpoint) {
  const fs::path place = folder / "ckpt";
  make_writable_folder(place);
  const Position& position = checkpoint.position;
  std::vector<NamedTensor> tensors{{"parameters", checkpoint.parameters},
                                   {"mean_square", checkpoint.mean_square},
                                   {"statistics", checkpoint.statistics}};
  if (const auto& average = checkpoint.average) {
    tensors.push_back({"average.parameters", average->parameters});
    tensors.push_back({"average.statistics", average->statistics});
    tensors.push_back({"average.updates", at::scalar_tensor(average->updates, at::kLong)});
  }
  write_safetensors(place / fmt::format("{:06}-{:09}.safetensors", position.epoch, position.step), tensors,
                    {{"run", run_id}, {"position", canonical(to_json(position))}});
  const auto files = checkpoints_in(place);
  for (std::size_t i = kept; i < files.size(); ++i) fs::remove(files[i]);
}

std::optional<Checkpoint> newest_checkpoint(const fs::path& folder, const std::string& run_id,
                                            const CheckpointShape& shape) {
  for (const auto& file : checkpoints_in(folder / "ckpt")) {
    try {
      return read_checkpoint(file, run_id, shape);
    } catch (const Error& error) {
      if (error.blame != Blame::data) throw;
      fmt::print(stderr, "pbn_worker: passing over a damaged checkpoint: {}\n", error.what());
    } catch (const Json::exception& error) {
      fmt::print(stderr, "pbn_worker: passing over a damaged checkpoint: {}: {}\n", file.string(), error.what());
    }
  }
  return std::nullopt;
}

}  // namespace pbn
