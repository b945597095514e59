#include "orchestrator/grid/data_catalog.h"

#include <algorithm>

#include "base/counted.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/log.h"
#include "base/time.h"
#include "data/pose_file/pose_set.h"
#include "evaluation/metrics.h"
#include "orchestrator/grid/group_file.h"

namespace pbn::grid {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> figures_from(const evaluation::GroundTruth& truth) {
  std::vector<std::string> figures;
  for (const std::string& metric : evaluation::metrics_of(truth)) {
    for (const auto& [figure, joints] : evaluation::count_joints(truth)) {
      if (joints > 0) figures.push_back(metric + "." + figure);
    }
  }
  return figures;
}

}  // namespace

std::vector<fs::path> paths_of(const std::vector<DataFile>& files) {
  std::vector<fs::path> paths;
  for (const DataFile& file : files) paths.push_back(file.path);
  return paths;
}

const DataFile* DataCatalog::find(const std::string& name, const char* option) {
  const fs::path path = fs::absolute(name).lexically_normal();
  const auto known = files_.find(path);
  if (known != files_.end()) return &known->second;
  if (!fs::exists(path)) {
    if (std::find(missing_.begin(), missing_.end(), name) == missing_.end()) missing_.push_back(name);
    return nullptr;
  }
  const Stopwatch stopwatch;
  const data::PoseFile file(path);
  detail("read {}: {}, {}", path.string(), counted(file.people().size(), "person", "people"), stopwatch.in_words());
  data::require_labelled_joints(file, option);
  // Training files need no reference lengths (head or torso sizes), because no figure is computed on them.
  if (std::string_view(option) == "data.validation") figures_[path] = figures_from(evaluation::ground_truth(file));
  DataFile entry{path, file.info(), std::ssize(file.people())};
  return &files_.emplace(path, std::move(entry)).first->second;
}

std::vector<DataFile> DataCatalog::files() const {
  std::vector<DataFile> all;
  for (const auto& [path, file] : files_) all.push_back(file);
  return all;
}

Json DataCatalog::related(const std::vector<fs::path>& files, int groups, const config::Skeleton& skeleton) {
  const auto [place, is_new] = groups_.try_emplace({files, groups, skeleton.text});
  if (is_new) place->second = config::to_json(related_groups(files, groups, skeleton), skeleton);
  return place->second;
}

const std::string& DataCatalog::digest_of(const std::string& file) {
  const auto [place, is_new] = digests_.try_emplace(file);
  if (is_new) place->second = sha256_hex(read_file(file));
  return place->second;
}

const std::vector<std::string>& DataCatalog::figures_of(const DataFile& validation) {
  const auto [place, is_new] = figures_.try_emplace(validation.path);
  if (is_new) place->second = figures_from(evaluation::ground_truth(data::PoseFile(validation.path)));
  return place->second;
}

}  // namespace pbn::grid
