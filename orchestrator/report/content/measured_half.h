// What carrying out the runs cost, on which machines and with which programs.
#pragma once

#include "orchestrator/report/content/report.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn {

Measured measured_half(const Sweep& sweep, const std::vector<CellResults>& results);

}  // namespace pbn
