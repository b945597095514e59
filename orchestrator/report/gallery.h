// A few validation people with what each cell predicts for them.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct GalleryPanel {
  std::string caption;  // "true pose", or the cell's label
  std::string note;     // "14 of 16 found"
  std::string svg;      // inline; photographs are embedded once per picture, by its true pose
};

struct GalleryRow {
  std::string title;  // which person, and why this one
  std::vector<GalleryPanel> panels;
};

// Three people of the first cell's validation set: where the cells err little, middling and much (quartiles of the mean
// error in reference lengths, over the shown cells). At most `most_cells` cells are shown, each by its first finished
// seed. A dashed line leads from a joint that is not found to its true place. Empty when nothing is finished.
// `protocol` as in aggregate.h.
std::vector<GalleryRow> gallery(const Sweep& sweep, const RunStore& store, const std::string& protocol = "",
                                std::size_t most_cells = 4);

}  // namespace pbn
