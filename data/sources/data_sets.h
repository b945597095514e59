// The data sets of photographs that `pbn prepare` reads, by the names of its command line.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/sources/photographs.h"

namespace pbn {

struct DataSetPlace {
  std::filesystem::path input;      // the annotation file, or the folder that holds it and the photographs
  std::filesystem::path images;     // --images; empty where `input` is the folder
  std::filesystem::path corrected;  // --annotations; empty: the data set's own
};

struct DataSet {
  std::string name;                   // "mpii"
  std::string input;                  // what its input is: "MAT", "FOLDER"
  std::string description;            // one line of --help
  bool has_images_apart = false;      // --images is needed
  bool can_be_corrected = false;      // --annotations is known
  std::vector<std::string> splits{};  // that its annotations tell apart; empty: a file is one split, whichever it is

  std::function<PhotographSet(const DataSetPlace&, const std::string& split)> read{};
};

const std::vector<DataSet>& data_sets();

// Null where there is none.
const DataSet* find_data_set(const std::string& name);

}  // namespace pbn
