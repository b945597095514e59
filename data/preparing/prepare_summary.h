// What `pbn prepare` made, for people and as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"
#include "data/preparing/photograph_tally.h"
#include "data/sources/photographs.h"

namespace pbn {

// What one pose file holds.
struct PreparedFile {
  std::filesystem::path file;
  PoseFileInfo info;  // with the fingerprint and who was skipped
  std::int64_t people = 0;
  std::int64_t labelled = 0;           // joints
  std::int64_t occluded = 0;           // of these
  std::int64_t unknown_occlusion = 0;  // of these
  std::int64_t outside = 0;            // labelled, but beyond the edge of the crop: not trained
  PhotographFacts photographs{};       // of the photographs, where there are any

  void count(const Person& person);  // one more person's joints
};

struct PrepareSummary {
  std::string dataset;
  std::vector<PreparedFile> files{};
  std::vector<LeftOut> left_out{};     // by the annotations that were read
  std::vector<std::string> remarks{};  // on how they were read
  double cut_share = 0;                // of the augmented views, by the stored extent (data/loading/cut_share.h)
  double seconds = 0;

  std::int64_t people() const;
  std::string table() const;  // a row for each file
  std::string text() const;   // the table, and what there is to know beside it
  Json json() const;
};

}  // namespace pbn
