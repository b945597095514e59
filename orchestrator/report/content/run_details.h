// Single runs as the page shows them: settings, curves, attempts, and the last lines of the worker's log. They are not
// part of the report, because logs and attempts change when the same run is trained again.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// A run takes about 5 kB of the page: together less than a megabyte.
inline constexpr std::size_t most_shown_runs = 150;

struct ShownAttempt {
  std::string number, began, ended, where, how;
};

struct ShownRun {
  std::string anchor;
  std::uint32_t seed = 0;
  std::string folder;  // relative to the store
  std::string state, reason, figure, cost;
  std::vector<ShownAttempt> attempts;
  std::string log;   // last lines
  RunCurves curves;  // thinned, values rounded to four digits

  bool has_curves() const {
    return std::ranges::any_of(curves, [](const auto& curve) { return curve.size() > 1; });
  }
};

struct ShownRunsOfCell {
  std::string anchor, label;
  std::vector<SettingText> settings;  // without those that all cells share
  std::vector<ShownRun> runs;
};

struct RunDetails {
  std::size_t shown = 0, wanted = 0;  // runs
  std::vector<ShownRunsOfCell> cells;
};

// The runs of whole cells, at most `most_runs` together. Cells with failed or lost runs are chosen first; the chosen
// cells keep the order of the tables.
RunDetails run_details(const grid::Sweep& sweep, const runs::RunStore& store, const Report& report,
                       std::size_t most_runs = most_shown_runs);

}  // namespace pbn::report
