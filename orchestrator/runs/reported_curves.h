// Every number that a run reports while it trains, as curves: from the lines of its metrics.jsonl, of any worker.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

struct ReportedCurve {
  std::string over;                       // what counts its steps: "step", "epoch", "iteration"; "report" if nothing
  std::map<std::int64_t, double> points;  // finite values by step
};
using ReportedCurves = std::map<std::string, ReportedCurve>;  // by name: "progress/loss", "validation/pckh50.all16"

// A line's numbers are points of the curves KIND/NAME, or NAME where it has no kind; those within objects are named by
// their path, without the word "figures". Their step is the line's step, counted over all epochs if it has epoch, step
// and steps; otherwise its global_step, step, iteration, iter, episode, round, generation or epoch, the first that it
// has; otherwise the number of points before. Of several lines for one step the last counts, since a worker may repeat
// steps after an interruption. Lines that are not JSON objects are skipped.
//
// The figures of a result are points of validation/NAME at its final epoch, or of result/NAME at 0 without one.
//
// With `wanted` names only these curves are read, which is quicker.
ReportedCurves reported_curves(const RunStore& store, const std::string& run,
                               const std::vector<std::string>& wanted = {});

struct NamedRun {
  std::string run;   // 12 digits
  std::string name;  // "pbn D1, seed 2"; empty: none
};

struct ExportedCurves {
  std::size_t runs = 0, curves = 0, points = 0;
};

// Writes FOLDER/NAME/events.out.tfevents.RUN for each run that has curves (event_file.h), and replaces what an earlier
// export has written for it. NAME is the run's, without slashes and characters that cannot be printed, and with the
// run's digits if several runs have this name. Throws environment errors.
ExportedCurves export_for_tensorboard(const RunStore& store, const std::vector<NamedRun>& runs,
                                      const std::filesystem::path& folder);

}  // namespace pbn::runs
