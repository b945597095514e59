#include "orchestrator/slurm/chunk_folders.h"

#include <fmt/format.h>

#include "base/files.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

std::string folder_name(const std::string& kind, int number) { return fmt::format("slurm/{}-{:03}", kind, number); }

}  // namespace

std::string new_folder(const fs::path& sweep_folder, const std::string& kind) {
  make_writable_folder(sweep_folder / "slurm");
  for (int number = 1;; ++number) {
    std::string name = folder_name(kind, number);
    if (fs::create_directory(sweep_folder / name)) return name;
  }
}

std::vector<std::string> free_folders(const fs::path& sweep_folder, const std::string& kind, std::size_t count) {
  std::vector<std::string> names;
  for (int number = 1; names.size() < count; ++number) {
    std::string name = folder_name(kind, number);
    if (!fs::exists(sweep_folder / name)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace pbn::slurm
