// `pbn prepare`: makes pose files from a data set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/preparing/hold_out.h"
#include "data/preparing/prepare_summary.h"
#include "data/sources/data_sets.h"
#include "data/sources/synthetic.h"

namespace pbn::data {

enum class Encoding { automatic, raw, jpeg };

// How people are cut out and how the work is done; the same for every data set.
struct PrepareOptions {
  int box_pixels = 256;                     // side of the network's input: a multiple of 64
  double extent = 1.75;                     // the crop is this much larger than the box, 1 to 4
  Encoding encoding = Encoding::automatic;  // automatic: jpeg for files with more than 2 GB of raw pixels
  int jpeg_quality = 95;                    // 1 to 100
  int jobs = 0;                             // threads; 0: one per core. The bytes of the files do not depend on it
  bool force = false;                       // replace files that exist
  bool skip_bad = false;                    // leave out people with unreadable photographs instead of failing
  bool show_progress = true;                // on standard error

  std::function<bool()> stop_requested = [] { return false; };  // true: requeue error, no file
};

struct FileToMake {
  std::string split;  // see data/preparing/splits.h
  std::filesystem::path file;
};

struct PhotographOptions {
  const DataSet* data_set = nullptr;
  DataSetPlace place;
  std::vector<FileToMake> files;    // of different splits
  std::optional<HoldOut> hold_out;  // people of the training split who become the validation split
  PrepareOptions how;
};

struct SyntheticOptions {
  std::vector<FileToMake> files;       // of different splits
  std::optional<std::int64_t> people;  // per file; default: 1,000 for training, 300 for the other splits
  SyntheticRecipe recipe;
  PrepareOptions how{.box_pixels = 128};
};

// Both write the files one after the other; a file appears when it is complete. Impossible requests are refused before
// any work. Throws usage errors for a missing folder, a box that is not a multiple of 64, an existing file (without
// `force`), no file, or a split that the data set lacks; data errors, with photograph and person, for faults in the
// data set; environment errors if a file cannot be written.
PrepareSummary prepare_photographs(const PhotographOptions& options);
PrepareSummary prepare_synthetic(const SyntheticOptions& options);

}  // namespace pbn::data
