// The tables of a report as Markdown, LaTeX and CSV.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/tables/tables.h"

namespace pbn::report {

// `tables` (report_tables(report)) with their notes, the data and the warnings.
std::string markdown_report(const Report& report, const std::vector<ReportTable>& tables);

// The same as a document for pdflatex with booktabs and longtable.
std::string latex_report(const Report& report, const std::vector<ReportTable>& tables);

// Both CSV files have one column for each setting in which the cells differ, named by its path in the grid
// ("model.depth"), and figures in full precision. docs/file-formats.md lists their columns.

// One row for each cell and figure: its spread over the seeds and, of figures in the tables, the difference to the
// baseline.
std::string cells_csv(const Report& report);

// One row for each run: its state, host, seconds and figures.
std::string runs_csv(const Report& report);

}  // namespace pbn::report
