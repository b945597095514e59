// The figures of a report, for the page and as files.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/content/report.h"

namespace pbn {

struct ReportFigure {
  std::string name;         // "accuracy-parameters": of its file
  std::string caption;      // what it shows and how to read it
  std::string svg;          // as part of a page (svg_figure in drawing/svg.h)
  bool is_picture = false;  // it stands by itself instead (svg_picture), with its own styles
};

// Those that have something to show: the bars of the results first, then differences to the baseline, the metric over a
// setting (Fig. 5), accuracy against size and operations, joints found over the threshold, training and validation over
// the epochs, the relatedness of the parts and its groups (Fig. 2).
std::vector<ReportFigure> report_figures(const Report& report);

}  // namespace pbn
