// A report as a folder of files.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/report/content/report.h"

namespace pbn {

struct ReportOptions {
  std::string protocol;     // as in report.h
  bool photographs = true;  // people of the validation set on the page
  bool runs = true;         // single runs on the page, with their hosts and the ends of their logs
  bool pdf = true;          // the figures as PDF too, where there is rsvg-convert
};

// Writes aggregate.json, report.md, tables.tex, cells.csv, runs.csv and index.html, each of them whole or not at all,
// and returns the report.
Report write_report(const Sweep& sweep, const RunStore& store, const std::filesystem::path& folder,
                    const ReportOptions& options = {});

}  // namespace pbn
