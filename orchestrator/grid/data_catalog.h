// The data files that the cells of a grid name. Each file is read once, however many cells use it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/json.h"
#include "data/pose_file/pose_file.h"
#include "orchestrator/grid/grid.h"

namespace pbn::grid {

// A pose file without its pixels.
struct DataFile {
  std::filesystem::path path;  // absolute
  data::PoseFileInfo info;
  std::int64_t people = 0;
  std::string content_sha256{};  // set once the whole file has been read (runs/known_data.h)
};

std::vector<std::filesystem::path> paths_of(const std::vector<DataFile>& files);

class DataCatalog {
 public:
  std::optional<ExpectedData> expected;  // what missing files will contain

  // Null when there is no such file. `option` is the setting that names it, for error messages.
  const DataFile* find(const std::string& name, const char* option);

  // The groups of related parts in these files, as lists of part names (related_groups, group_file.h).
  Json related(const std::vector<std::filesystem::path>& files, int groups, const config::Skeleton& skeleton);

  const std::string& digest_of(const std::string& file);  // SHA-256 of its content

  // Every figure that can be computed on a validation file: "pckh50.all16", "pck20.wrist@occluded", ...
  const std::vector<std::string>& figures_of(const DataFile& validation);

  const std::vector<std::string>& missing() const { return missing_; }
  std::vector<DataFile> files() const;  // those that exist

 private:
  std::map<std::filesystem::path, DataFile> files_;
  std::map<std::tuple<std::vector<std::filesystem::path>, int, std::string>, Json> groups_;
  std::map<std::string, std::string> digests_;
  std::map<std::filesystem::path, std::vector<std::string>> figures_;
  std::vector<std::string> missing_;
};

}  // namespace pbn::grid
