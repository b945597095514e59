// What a report needs of the runs of a sweep and their results.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::report {

struct RunResult {
  runs::RunFacts facts;
  std::string state;  // facts.state in words, or "not tested under PROTOCOL"

  // Of a run with figures:
  std::optional<double> training_loss;  // of the last epoch
  std::optional<MeasuredRun> measured;  // set if and only if the run has figures
  runs::RunWork work;                   // read where the result does not say host and seconds
  std::map<std::string, std::string> versions;
};

struct CellResults {
  std::vector<RunResult> runs;                  // one per seed
  std::map<std::string, ValuesBySeed> figures;  // those with the threshold or the joints of the sweep's metric
};

// The results of each cell, with the figures of the test that the cell asks for or, where one is named, of `protocol`
// (config/test_protocol.h). Files are read on several threads.
std::vector<CellResults> read_results(const grid::Sweep& sweep, const runs::RunStore& store,
                                      const std::string& protocol = "");

// The predictions from a run's test under `protocol` (empty: the one that the cell asks for). Nothing where no file was
// kept, and where it is damaged or of other people than those of `truth`, since the run's figures count without it.
std::optional<evaluation::Predictions> predictions_of(const grid::Cell& cell, const grid::Run& run,
                                                      const runs::RunStore& store, const std::string& protocol,
                                                      const evaluation::GroundTruth& truth);

// The protocol of the test that a cell asks for, and what people call it; empty with an external worker, which has
// none.
std::string protocol_of(const grid::Cell& cell);
std::string protocol_title_of(const grid::Cell& cell);

}  // namespace pbn::report
