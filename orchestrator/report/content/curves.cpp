#include "orchestrator/report/content/curves.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/content/run_curves.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn {
namespace {

std::vector<const Cell*> shown_cells(const Sweep& sweep, std::size_t most) {
  std::vector<const Cell*> cells;
  for (const bool baselines : {true, false}) {
    for (const Cell& cell : sweep.cells) {
      if (cell.is_baseline == baselines && cells.size() < most) cells.push_back(&cell);
    }
  }
  return cells;
}

std::vector<double> thresholds_of(const Cell& cell, const Run& run, const RunStore& store, const std::string& asked,
                                  const GroundTruth* truth) {
  if (!truth) return {};
  const auto file = predictions_file(cell, run, store, asked);
  if (!file) return {};
  try {
    return found_by_threshold(read_predictions(*file), *truth);
  } catch (const Error&) {  // damaged, or of other people: the figures of the run still count
    return {};
  }
}

}  // namespace

std::vector<CellTrace> curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric,
                                 const std::string& protocol, std::size_t most_cells) {
  std::map<std::string, GroundTruth> truths;  // by fingerprint
  std::vector<CellTrace> curves;
  for (const Cell* cell : shown_cells(sweep, most_cells)) {
    const GroundTruth* truth = nullptr;
    if (!cell->worker().is_external()) {
      const DataFile& data = cell->validation();
      if (!truths.contains(data.info.fingerprint)) truths[data.info.fingerprint] = ground_truth(PoseFile(data.path));
      truth = &truths[data.info.fingerprint];
    }
    CellTrace progress{cell->id, cell->label, {}};
    for (const Run& run : cell->runs) {
      progress.runs.push_back(
          {run.seed, run_curves(store, run.id, metric), thresholds_of(*cell, run, store, protocol, truth)});
    }
    curves.push_back(std::move(progress));
  }
  return curves;
}

}  // namespace pbn
