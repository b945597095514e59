// `pbn prepare`: from a data set to pose files.
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

namespace pbn {

enum class Encoding { automatic, raw, jpeg };

// How people are cut out, and how the work is done; the same for every data set.
struct PrepareOptions {
  int box_pixels = 256;                     // side of the network's input: a multiple of 64
  double extent = 1.75;                     // the crop is this much larger than the box, 1 to 4
  Encoding encoding = Encoding::automatic;  // jpeg for a file with more than 2 GB of raw pixels
  int jpeg_quality = 95;                    // 1 to 100
  int jobs = 0;                             // threads; 0: one for each core. The files' bytes do not depend on it
  bool force = false;                       // replace files that exist
  bool skip_bad = false;                    // leave out whose photograph cannot be read, instead of giving up
  bool show_progress = true;                // on standard error

  std::function<bool()> stop_requested = [] { return false; };  // then a requeue error, and the file is not there
};

struct FileToMake {
  std::string split;  // as data/preparing/splits.h has it
  std::filesystem::path file;
};

struct PhotographOptions {
  const DataSet* data_set = nullptr;
  DataSetPlace place;
  std::vector<FileToMake> files;    // of different splits
  std::optional<HoldOut> hold_out;  // these people of the training split are the validation split
  PrepareOptions how;
};

struct SyntheticOptions {
  std::vector<FileToMake> files;       // of different splits
  std::optional<std::int64_t> people;  // in each file; else 1,000 for training and 300 for the others
  SyntheticRecipe recipe;
  PrepareOptions how{.box_pixels = 128};
};

// Each makes its files one after the other; a file appears when it is complete, and what can be known to be impossible
// is refused before any work. Throws usage errors for a missing folder, a box that is not a multiple of 64, a file that
// exists (unless `force`), no file to make, or a split that the data set does not have; data errors for what is wrong
// in the data set, with photograph and person; environment errors where it cannot write.
PrepareSummary prepare_photographs(const PhotographOptions& options);
PrepareSummary prepare_synthetic(const SyntheticOptions& options);

}  // namespace pbn
