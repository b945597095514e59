// The study of the report's tests: three cells with two seeds each, and its page.
#pragma once

#include <string>

#include "orchestrator/report/page/page.h"
#include "tests/orchestrator/study.h"

namespace pbn::report {

inline constexpr const char* three_cell_grid =
    "name: study\nseeds: [1, 2]\nbaseline: {model.head: plain}\n"
    "cells: [{model.head: [plain, deep]}, {model.head: pbn}]\n";

inline std::string page_of(const grid::Sweep& sweep, const runs::RunStore& store,
                           std::vector<GallerySection> pictures = {}) {
  const Report results = make_report(sweep, store);
  const auto tables = report_tables(results);
  const auto figures = report_figures(results);
  return html_page({results, tables, figures, std::move(pictures), run_details(sweep, store, results)});
}

}  // namespace pbn::report
