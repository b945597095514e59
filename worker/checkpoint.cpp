#include "worker/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

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

Checkpoint read_checkpoint(const fs::path& file, const std::string& run_id) {
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
  return {position_from(Json::parse(value("position"))), stored.at("parameters", file), stored.at("mean_square", file),
          stored.at("statistics", file)};
}

}  // namespace

void save_checkpoint(const fs::path& folder, const std::string& run_id, const Checkpoint& checkpoint) {
  const fs::path place = folder / "ckpt";
  make_writable_folder(place);
  const Position& position = checkpoint.position;
  write_safetensors(place / fmt::format("{:06}-{:09}.safetensors", position.epoch, position.step),
                    {{"parameters", checkpoint.parameters},
                     {"mean_square", checkpoint.mean_square},
                     {"statistics", checkpoint.statistics}},
                    {{"run", run_id}, {"position", canonical(to_json(position))}});
  const auto files = checkpoints_in(place);
  for (std::size_t i = kept; i < files.size(); ++i) fs::remove(files[i]);
}

std::optional<Checkpoint> newest_checkpoint(const fs::path& folder, const std::string& run_id) {
  for (const auto& file : checkpoints_in(folder / "ckpt")) {
    try {
      return read_checkpoint(file, run_id);
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
