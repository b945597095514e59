// What people call the cells of a sweep: only what sets them apart.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

// What a cell was told, before and after groups and precision were settled.
struct CellSettings {
  Json resolved;
  Json settled;
};

struct CellLabel {
  std::string text;  // "pbn related-5 D1 W64"
  Json differing;    // by dotted path
};

// One label per cell, all different. Settings that a head does not use are not mentioned.
std::vector<CellLabel> label_cells(const std::vector<CellSettings>& cells);

}  // namespace pbn
