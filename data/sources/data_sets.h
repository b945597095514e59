// The data sets of photographs that `pbn prepare` reads, by their names on the command line.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/sources/photographs.h"

namespace pbn::data {

struct DataSetPlace {
  std::filesystem::path input;       // the annotation file, or the folder with annotations and photographs
  std::filesystem::path images;      // --images; empty if `input` is the folder
  std::filesystem::path corrected;   // --annotations; empty: the data set's own annotations
  std::string as{};                  // --as: "lsp14", "own" or ""
  std::string category{};            // --category
  std::filesystem::path skeleton{};  // --skeleton; empty: none
  std::string part{};                // --part, of COCO-WholeBody; empty: none
};

struct DataSet {
  std::string name;                   // "mpii"
  std::string input;                  // placeholder of the input on the command line: "MAT", "FOLDER"
  std::string description;            // one line of --help
  bool has_images_apart = false;      // requires --images
  bool can_be_corrected = false;      // accepts --annotations
  bool has_own_skeletons = false;     // accepts --as, --category, --skeleton and --part
  std::vector<std::string> splits{};  // splits in the annotations; empty: each file is one split

  std::function<PhotographSet(const DataSetPlace&, const std::string& split)> read{};
};

const std::vector<DataSet>& data_sets();

// Null if there is no such data set.
const DataSet* find_data_set(const std::string& name);

}  // namespace pbn::data
