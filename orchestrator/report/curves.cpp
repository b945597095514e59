#include "orchestrator/report/curves.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/run_curves.h"
#include "orchestrator/report/run_results.h"

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

Json thresholds_of(const Cell& cell, const Run& run, const RunStore& store, const std::string& asked,
                   const GroundTruth* truth) {
  Json list = Json::array();
  if (!truth) return list;
  const auto file = predictions_file(cell, run, store, asked);
  if (!file) return list;
  try {
    return found_by_threshold(read_predictions(*file), *truth);
  } catch (const Error&) {  // damaged, or of other people: the figures of the run still count
    return list;
  }
}

}  // namespace

Json curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric, const std::string& protocol,
               std::size_t most_cells) {
  std::map<std::string, GroundTruth> truths;  // by fingerprint
  Json curves = Json::array();
  for (const Cell* cell : shown_cells(sweep, most_cells)) {
    const GroundTruth* truth = nullptr;
    if (!cell->worker().is_own()) {
      const DataFile& data = cell->validation();
      if (!truths.contains(data.info.fingerprint)) truths[data.info.fingerprint] = ground_truth(PoseFile(data.path));
      truth = &truths[data.info.fingerprint];
    }
    Json runs = Json::array();
    for (const Run& run : cell->runs) {
      const RunCurves curves_of_run = run_curves(store, run.id, metric);
      runs.push_back({{"seed", run.seed},
                      {"training_loss", curves_of_run.training_loss},
                      {"validation", curves_of_run.validation},
                      {"thresholds", thresholds_of(*cell, run, store, protocol, truth)}});
    }
    curves.push_back({{"cell", cell->id}, {"label", cell->label}, {"runs", runs}});
  }
  return curves;
}

}  // namespace pbn
