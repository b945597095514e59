// The figures of a report, for the page and as files.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/content/report.h"

namespace pbn::report {

struct ReportFigure {
  std::string name;         // "accuracy-parameters": that of its file
  std::string caption;      // its content, and how to read it
  std::string svg;          // an element of a page (svg_figure in drawing/svg.h), or
  bool is_picture = false;  // a picture with its own styles (svg_picture)
};

// Those that are not empty: bars of the results, differences to the baseline, the metric over a setting, the metric
// against parameters and operations, the curves that the runs report, and those of pose runs (pose_figures.h).
std::vector<ReportFigure> report_figures(const Report& report);

}  // namespace pbn::report
