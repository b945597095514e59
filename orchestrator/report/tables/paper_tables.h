// The paper's published numbers and the ones measured here in common tables.
#pragma once

#include <vector>

#include "orchestrator/report/tables/tables.h"

namespace pbn::report {

// One for each of report.pose->paper.
std::vector<ReportTable> paper_tables(const Report& report);

}  // namespace pbn::report
