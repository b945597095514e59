// The report as one self-contained HTML page: no network, and one small script (page.js) that sorts tables, says the
// values of curves and draws those of single runs. Its size is bounded: tables are cut at 300 rows, charts at 60 cells,
// and single runs and photographs have bounds of their own (run_details.h, gallery.h).
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/content/report.h"
#include "orchestrator/report/content/run_details.h"
#include "orchestrator/report/figures/figures.h"
#include "orchestrator/report/figures/gallery.h"
#include "orchestrator/report/tables/tables.h"

namespace pbn {

struct PageContent {
  const Report& report;
  const std::vector<ReportTable>& tables;    // all of the report's
  const std::vector<ReportFigure>& figures;  // likewise
  std::vector<GallerySection> pictures{};
  std::optional<RunDetails> runs{};  // none: single runs are left out
};

// Everything that came from a file is escaped. The same content gives the same bytes.
std::string html_page(const PageContent& content);

}  // namespace pbn
