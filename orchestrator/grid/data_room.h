// The files that a grid's cells name, each looked into once, however many cells use it.
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

namespace pbn {

// What is known of a pose file without its pixels.
struct DataFile {
  std::filesystem::path path;  // absolute
  PoseFileInfo info;
  std::int64_t people = 0;
  std::string content_sha256{};  // of one that was read as a whole (runs/known_data.h)
};

class DataRoom {
 public:
  std::optional<ExpectedData> expected;  // of files that are not there

  // Null when there is no such file. `option` is the one that names it.
  const DataFile* find(const std::string& name, const char* option);

  // The groups of related parts in a file, as lists of part names.
  Json related(const std::string& file, int groups, const Skeleton& skeleton);

  const std::string& digest_of(const std::string& file);  // SHA-256 of its content

  // All figures that a validation file gives for its own parts: "pckh50.all16", "pck20.wrist@occluded", ...
  const std::vector<std::string>& figures_of(const DataFile& validation);

  const std::vector<std::string>& missing() const { return missing_; }
  std::vector<DataFile> files() const;  // that are there

 private:
  std::map<std::filesystem::path, DataFile> files_;
  std::map<std::tuple<std::string, int, std::string>, Json> groups_;
  std::map<std::string, std::string> digests_;
  std::map<std::filesystem::path, std::vector<std::string>> figures_;
  std::vector<std::string> missing_;
};

}  // namespace pbn
