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

// One row for each cell and shown figure, in full precision: its spread over the seeds and its difference to the
// baseline.
std::string cells_csv(const Report& report);

// One row for each run: its state and, with a result, its shown figures, cost and machine.
std::string runs_csv(const Report& report);

}  // namespace pbn::report
