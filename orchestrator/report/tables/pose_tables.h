// The tables that only the report of pose runs has.
#pragma once

#include <vector>

#include "orchestrator/report/tables/tables.h"

namespace pbn::report {

// The paper's tables (paper_tables.h), by part, occluded parts, and the gain on occluded parts. Some may have no rows.
std::vector<ReportTable> pose_tables(const Report& report);

}  // namespace pbn::report
