// What carrying out the runs cost, on which machines and with which programs.
#pragma once

#include "base/json.h"
#include "orchestrator/report/run_results.h"

namespace pbn {

// The aggregate's "measured" half (aggregate.h).
Json measured_half(const Sweep& sweep, const std::vector<CellResults>& results);

}  // namespace pbn
