// The files of a report in one folder.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/report/content/report.h"

namespace pbn::report {

struct ReportOptions {
  std::string protocol;           // as in report.h
  bool photographs = true;        // show validation people on the page
  bool runs = true;               // show single runs on the page, with their hosts and log ends
  bool pdf = true;                // also write figures as PDF where rsvg-convert is installed
  runs::SubmitTimes submitted{};  // as in report.h
};

// Writes aggregate.json, report.md, tables.tex, cells.csv, runs.csv, index.html and figures/, each file atomically.
Report write_report(const grid::Sweep& sweep, const runs::RunStore& store, const std::filesystem::path& folder,
                    const ReportOptions& options = {});

}  // namespace pbn::report
