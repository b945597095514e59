// What the page tells of single runs: with which settings, how they went, who carried them out, what their worker
// printed last. It is not in the report, because logs and attempts are others on other days.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn {

// A run takes some 5 kB of the page, so that these are below a megabyte.
inline constexpr std::size_t most_shown_runs = 150;

struct ShownAttempt {
  std::string number, began, ended, where, how;
};

struct ShownRun {
  std::string anchor;
  std::uint32_t seed = 0;
  std::string folder;  // in the store
  std::string state, reason, figure, cost;
  std::vector<ShownAttempt> attempts;
  std::string log;   // its last lines
  RunCurves curves;  // thinned, with four digits

  bool has_curves() const { return curves.training_loss.size() > 1 || curves.validation.size() > 1; }
};

struct ShownRunsOfCell {
  std::string anchor, label;
  std::vector<SettingText> settings;  // those that not all cells share
  std::vector<ShownRun> runs;
};

struct RunDetails {
  std::size_t shown = 0, wanted = 0;  // runs
  std::vector<ShownRunsOfCell> cells;
};

// Cells with runs that failed or were lost are chosen first, then in the order of the tables; they stand in that order.
RunDetails run_details(const Sweep& sweep, const RunStore& store, const Report& report,
                       std::size_t most_runs = most_shown_runs);

}  // namespace pbn
