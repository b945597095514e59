// The tables of a report as files: Markdown to read, LaTeX to print, CSV to go on with.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/tables/tables.h"

namespace pbn {

// These tables (report_tables(report)), with what they mean, the data and the warnings.
std::string markdown_report(const Report& report, const std::vector<ReportTable>& tables);

// The same as one document that pdflatex takes as it is; it needs booktabs and longtable.
std::string latex_report(const Report& report, const std::vector<ReportTable>& tables);

// In full precision, one row for each cell and shown figure: its spread over the seeds and its difference to the
// baseline.
std::string cells_csv(const Report& report);

// One row for each run: its state and, with a result, the shown figures, what it cost and where.
std::string runs_csv(const Report& report);

}  // namespace pbn
