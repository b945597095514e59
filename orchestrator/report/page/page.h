// The report as one self-contained HTML page, which loads nothing from a network. Its script (page.js) sorts tables,
// shows the values of curves and draws the curves of single runs. The page's size is bounded: a table has at most 300
// rows, a chart at most 60 cells; run_details.h and gallery.h bound single runs and photographs.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/content/report.h"
#include "orchestrator/report/content/run_details.h"
#include "orchestrator/report/figures/figures.h"
#include "orchestrator/report/figures/gallery.h"
#include "orchestrator/report/tables/tables.h"

namespace pbn::report {

struct PageContent {
  const Report& report;
  const std::vector<ReportTable>& tables;    // report_tables(report)
  const std::vector<ReportFigure>& figures;  // report_figures(report)
  std::vector<GallerySection> pictures{};
  std::optional<RunDetails> runs{};  // without it the page has no single runs
};

// All texts are escaped. The same content gives the same bytes.
std::string html_page(const PageContent& content);

}  // namespace pbn::report
