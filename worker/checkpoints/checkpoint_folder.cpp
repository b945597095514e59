#include "worker/checkpoints/checkpoint_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"

namespace pbn::worker {
namespace fs = std::filesystem;
namespace {

std::string name_of(int epoch, std::int64_t step) { return fmt::format("{:06}-{:09}.safetensors", epoch, step); }

// Newest first: the names sort by epoch and step.
std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  return files;
}

}  // namespace

void save_checkpoint(const fs::path& folder, const Json& identity, const Checkpoint& checkpoint, int keep) {
  const fs::path place = folder / "ckpt";
  make_writable_folder(place);
  const Position& position = checkpoint.position;
  write_checkpoint(place / name_of(position.epoch, position.step), identity, checkpoint);
  const std::string best = position.best_epoch > 0 ? name_of(position.best_epoch + 1, 0) : "";
  const auto files = checkpoints_in(place);
  for (std::size_t i = static_cast<std::size_t>(keep); i < files.size(); ++i) {
    if (files[i].filename() != best) fs::remove(files[i]);
  }
}

FoundCheckpoint newest_checkpoint(const fs::path& folder, const Json& identity, const CheckpointShape& shape) {
  FoundCheckpoint found;
  for (const auto& file : checkpoints_in(folder / "ckpt")) {
    try {
      found.checkpoint = read_checkpoint(file, identity, shape);
      return found;
    } catch (const Error& error) {
      if (error.blame != Blame::data) throw;
      found.damaged.emplace_back(error.what());
    } catch (const Json::exception& error) {
      found.damaged.push_back(fmt::format("{}: {}", file.string(), error.what()));
    }
  }
  return found;
}

std::string newest_checkpoint_name(const fs::path& folder) {
  const auto files = checkpoints_in(folder / "ckpt");
  return files.empty() ? "" : files.front().filename().string();
}

void remove_unfinished_files(const fs::path& folder) {
  for (const fs::path& place : {folder, folder / "ckpt"}) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(place, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.') && name.ends_with(".tmp")) fs::remove(entry.path(), ignored);
    }
  }
}

}  // namespace pbn::worker
