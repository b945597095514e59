// A few validation people with the poses that the cells predict for them.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/report/figures/person_painter.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::report {

struct GalleryRow {
  std::string title;  // the person, and why it is chosen
  std::vector<GalleryPanel> panels;
};

struct GallerySection {
  std::string title, note;
  std::vector<GalleryRow> rows;
};

// People of the first cell's validation set:
// - three with a small, a medium and a large error: the quartiles of the mean error over the shown cells, in reference
//   lengths;
// - up to six where two cells differ most, as in Fig. 8: those for whom a cell finds the most joints that its baseline
//   misses, and the other way round. The cell is the shown one that disagrees most with the first shown baseline (with
//   the first cell where no baseline is shown).
// At most `most_cells` cells are shown, each by its first seed with predictions. Each photograph is embedded once.
// Empty without predictions, and for runs without poses. `protocol` as in report.h.
std::vector<GallerySection> gallery(const grid::Sweep& sweep, const runs::RunStore& store,
                                    const std::string& protocol = "", std::size_t most_cells = 4);

}  // namespace pbn::report
