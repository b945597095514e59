// A few validation people with what each cell predicts for them.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/report/figures/person_painter.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct GalleryRow {
  std::string title;  // which person, and why this one
  std::vector<GalleryPanel> panels;
};

struct GallerySection {
  std::string title, note;
  std::vector<GalleryRow> rows;
};

// Of the first cell's validation set:
// - three people where the cells err little, middling and much: quartiles of the mean error in reference lengths, over
//   the shown cells;
// - up to six where two cells differ most, as in Fig. 8: of whom a cell finds most joints that its baseline misses, or
//   the baseline most that it misses. The cell is the shown one that disagrees most with the first shown baseline (the
//   first cell where none is one).
// At most `most_cells` cells are shown, each by its first finished seed. Photographs are embedded once per person.
// Empty when nothing is finished. `protocol` as in report.h.
std::vector<GallerySection> gallery(const Sweep& sweep, const RunStore& store, const std::string& protocol = "",
                                    std::size_t most_cells = 4);

}  // namespace pbn
