// `pbn prepare`: from a data set to pose files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"
#include "data/sources/synthetic.h"

namespace pbn {

// How people are cut out, and how the work is done; the same for every data set.
struct PrepareOptions {
  int box_pixels = 256;       // side of the network's input: a multiple of 64
  double extent = 1.75;       // the crop is this much larger than the box, 1 to 4
  int threads = 0;            // 0: one for each core; the files' bytes do not depend on it
  bool force = false;         // replace files that exist
  bool show_progress = true;  // on standard error
};

struct LspOptions {
  std::filesystem::path folder;      // joints.mat and images/
  std::filesystem::path train_file;  // empty: not made
  std::filesystem::path test_file;   // empty: not made
  PrepareOptions how;
};

struct LspetOptions {
  std::filesystem::path folder;
  std::filesystem::path train_file;
  PrepareOptions how;
};

struct SyntheticOptions {
  std::filesystem::path train_file;       // empty: not made
  std::filesystem::path validation_file;  // empty: not made
  std::int64_t train_people = 1000;
  std::int64_t validation_people = 300;
  SyntheticRecipe recipe;
  PrepareOptions how{.box_pixels = 128};
};

// What one pose file holds.
struct PreparedFile {
  std::filesystem::path file;
  std::string split;
  std::int64_t people = 0;
  std::int64_t labelled = 0;           // joints
  std::int64_t occluded = 0;           // of these
  std::int64_t unknown_occlusion = 0;  // of these
  std::int64_t outside = 0;            // labelled, but beyond the edge of the crop: not trained
  std::string fingerprint{};
};

struct PrepareSummary {
  std::string dataset;
  std::vector<PreparedFile> files{};
  double seconds = 0;

  std::int64_t people() const;
  Table table() const;  // a row for each file
  Json json() const;
};

// Each makes its files one after the other; a file appears when it is complete. Throws usage errors for a missing
// folder, a box that is not a multiple of 64, a file that exists (unless `force`) or no file to make; data errors for
// what is wrong in the data set; environment errors where it cannot write.
PrepareSummary prepare_lsp(const LspOptions& options);
PrepareSummary prepare_lspet(const LspetOptions& options);
PrepareSummary prepare_synthetic(const SyntheticOptions& options);

}  // namespace pbn
