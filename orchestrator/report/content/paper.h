// The paper's published numbers (experiments/paper.yaml) beside the cells of a sweep that ask the same.
#pragma once

#include <set>
#include <string>

#include "base/json.h"
#include "orchestrator/report/content/report.h"

namespace pbn {

// experiments/paper.yaml as it stands there; it is compiled in.
const Json& paper_findings();

// The figures that its findings ask for: "pckh50.elbow@occluded" and so on, where METRIC is that of `metric`.
std::set<std::string> figures_of_the_paper(const std::string& metric);

// Those findings whose every row has a counterpart in the sweep. Data set, resolution and schedule stand in every row,
// because they mostly differ: a quick run on LSP is no MPII. A cell that has the settings of several rows stands there
// once.
std::vector<PaperComparison> beside_the_paper(const Sweep& sweep, const Report& report);

}  // namespace pbn
