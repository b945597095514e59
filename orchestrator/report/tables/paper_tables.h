// The paper's numbers and ours in one table each.
#pragma once

#include <vector>

#include "orchestrator/report/tables/tables.h"

namespace pbn {

// One for each finding of the report (paper.h): rows from the paper above rows measured here.
std::vector<ReportTable> paper_tables(const Report& report);

}  // namespace pbn
