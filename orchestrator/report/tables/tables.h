// The tables of a report: here its numbers become text.
#pragma once

#include <string>
#include <vector>

#include "base/table.h"
#include "orchestrator/report/content/report.h"

namespace pbn {

struct ReportTable {
  std::string name;                  // "results": for references to it
  std::string title;                 // "Results"
  std::string note;                  // what its columns mean
  Table table;                       // plain text; the first column names the cell
  std::size_t floors = 0;            // that many rows at the top are mean poses and no cells
  std::vector<std::string> about{};  // of each row: whose it is (anchor_of), empty of mean poses and the paper's rows
};

// All that have rows: results, against the baseline, beside the paper, by part, occluded parts, other figures, cost,
// runs without a result.
std::vector<ReportTable> report_tables(const Report& report);

// What a cell or a run is called in links of the page: "cell-0123456789ab", "run-0123456789ab".
std::string anchor_of(const char* kind, const std::string& id);

// Cells by overall / visible / occluded with the 95% intervals of the first; the mean pose first.
ReportTable results_table(const Report& report);

// Differences to the baseline, paired by seed. No rows without a baseline.
ReportTable comparison_table(const Report& report);

// Runs without a result: cell, seed, state and reason. No rows when all are there.
ReportTable missing_runs_table(const Report& report);

// "87.3", or with four digits where it is no percentage; a number that is not 0 is not shown as 0.
std::string report_number(double value, bool percent);

// "+0.41"; "–" of none.
std::string report_difference(std::optional<double> value, bool percent);

// "87.3 ± 0.4"; "87.3" of one seed; "87.3 ± 0.4 (2/3)" where runs are missing; "–" where all are.
std::string spread_text(const SeedSpread& spread, std::size_t wanted, bool percent = true);

// What the seed varies, and what the numbers behind ± and the intervals are.
std::string seed_statement(const Report& report);

// "3 641 424" with thin spaces, for people
std::string grouped_digits(std::int64_t number);

}  // namespace pbn
