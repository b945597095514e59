// What the runs of a sweep have left so far, as a report needs it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct RunResult {
  RunFacts facts;
  bool has_figures = false;
  std::string state;                    // facts.state in a word, or "not tested under PROTOCOL"
  std::optional<double> training_loss;  // of the last epoch
  Json measured, versions;              // objects, of the training; empty where there are none
};

struct CellResults {
  std::vector<RunResult> runs;  // as the cell's
  // By name, one per run. Those with the metric's threshold or its joints, which a report
  // shows.
  std::map<std::string, std::vector<std::optional<double>>> figures;
};

// By cell. The figures are those of the test that each cell asks for or, when one is named, of this `protocol`
// (config/test_protocol.h). Read by several threads.
std::vector<CellResults> read_results(const Sweep& sweep, const RunStore& store, const std::string& protocol = "");

// The predictions.h5 of a run's test under this protocol (the cell's own where it is empty), when there is one.
std::optional<std::filesystem::path> predictions_file(const Cell& cell, const Run& run, const RunStore& store,
                                                      const std::string& protocol);

// The protocol under which the grid wants a cell's runs tested; empty of an external worker, which has none.
std::string protocol_of(const Cell& cell);

}  // namespace pbn
