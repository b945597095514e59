// The text of a grid file, as it stands there: without what lies under it and what the command line adds.
#pragma once

#include <string>

#include "orchestrator/grid/grid.h"

namespace pbn {

// Sets what the file gives of name, worker, base, seeds, baseline, blocks, exclude and metric; `base_file` as written
// and its place in `base_where`.
struct GridText {
  Grid grid;
  std::string base_where;
};
GridText read_grid_text(const std::string& text, const std::string& file);

// A base file: settings and a metric (grid.h).
struct BaseText {
  Settings settings;
  Setting metric;
  std::optional<ExpectedData> expected;
};
BaseText read_base_text(const std::string& text, const std::string& file);

}  // namespace pbn
