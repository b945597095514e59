// What the runs cost, and on which machines and with which programs they were trained.
#pragma once

#include "orchestrator/report/content/report.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn::report {

Measured measured_of(const std::vector<CellResults>& results);

}  // namespace pbn::report
