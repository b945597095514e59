// What the report of pose runs, those of pbn_worker, has in addition to that of any program: their words and columns,
// the data, the mean pose, the joints found over the threshold, intervals over photographs, the relatedness of the
// parts, and the paper's tables. Renderers show it where Report::pose is.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// The one place that decides.
bool has_poses(const grid::Sweep& sweep);

// Skeleton, data, floors and relatedness. The sweep must have poses.
PoseStudy pose_study_of(const grid::Sweep& sweep);

Words pose_words(const std::string& metric);

// Adds what needs the cells, comparisons and curves of a report that is otherwise complete.
void add_pose_results(Report& report, const grid::Sweep& sweep, const runs::RunStore& store,
                      const std::string& protocol);

}  // namespace pbn::report
