// The figures that only the report of pose runs has.
#pragma once

#include <vector>

#include "orchestrator/report/figures/figures.h"

namespace pbn::report {

// Joints found over the threshold, and the relatedness of the parts with its groups (Fig. 2). Some may be empty.
std::vector<ReportFigure> pose_figures(const Report& report);

}  // namespace pbn::report
