// The paper's published tables (experiments/paper.yaml) beside the cells of a sweep that have the same settings.
#pragma once

#include <set>
#include <string>

#include "base/json.h"
#include "orchestrator/report/content/report.h"

namespace pbn::report {

// One entry of experiments/paper.yaml.
struct PaperFinding {
  PaperComparison table;                // with the published rows alone
  std::optional<std::string> skeleton;  // of the people; none where the table is not of one skeleton
  std::vector<Json> counterparts;       // the model settings that a row's cells have: {"head": "pbn", "depth": 1}
};

// All entries, in their order; the file is compiled in.
const std::vector<PaperFinding>& paper_findings();

// "pckh50.elbow@occluded" and so on: the figures of all findings, measured as `metric` is.
std::set<std::string> paper_figures(const std::string& metric);

// The findings in which every row with counterparts has one in the sweep. A cell that is the counterpart of several
// rows is listed once. Each row has its data set, resolution and schedule, because these mostly differ: a quick run on
// LSP is not comparable with MPII. The report must be one of poses.
std::vector<PaperComparison> paper_comparisons(const grid::Sweep& sweep, const Report& report);

}  // namespace pbn::report
