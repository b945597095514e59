// The tables of a report, with numbers as text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/table.h"
#include "orchestrator/report/content/report.h"

namespace pbn::report {

struct ReportTable {
  std::string name;                    // "results"
  std::string title;                   // "Results"
  std::string note;                    // the meaning of the columns
  Table table;                         // plain text; the first column names the cell
  std::size_t floors = 0;              // number of rows at the top that are floors and not cells
  std::vector<std::string> anchors{};  // of each row's cell or run (anchor_of); empty for floors and the paper's rows
};

// All tables that have rows: results, against the baseline, those of pose runs (pose_tables.h), other figures, cost,
// where the time went, runs without a result.
std::vector<ReportTable> report_tables(const Report& report);

// The id of a cell or a run on the page: "cell-0123456789ab", "run-0123456789ab".
std::string anchor_of(const char* kind, const std::string& id);

// Floors and cells by the metric, with its 95% interval, and by the other splits.
ReportTable results_table(const Report& report);

// Differences to the baseline, paired by seed. No rows without a baseline.
ReportTable comparison_table(const Report& report);

// Whether a difference has an interval over photographs.
bool has_image_intervals(const Report& report);

// What the intervals of differences are: "95% t-intervals"; under a rule of seeds, where those of all comparisons hold
// together, "97.5% intervals of the sequential test".
std::string paired_intervals(const Report& report);

// Cell, seed, state and reason of each run without a result.
ReportTable missing_runs_table(const Report& report);

inline constexpr const char* no_value = "–";

// "87.3"; figures that are not percentages have four digits: "0.8726". A number that is not 0 is not shown as 0.
std::string report_number(double value, bool percent);

// "+0.41"; "+∞" where the end of an interval is infinite
std::string report_difference(std::optional<double> value, bool percent);

// "87.3 ± 0.4"; "87.3" with one seed; "87.3 ± 0.4 (2/3)" where seeds are missing; "–" where all are.
std::string spread_text(const SeedSpread& spread, std::size_t seeds, bool percent = true);

// `lower` where the metric is better when lower, which readers do not expect; else nothing.
std::string direction_note(const Report& report, const char* lower);

// What else is known of the mean of a SeedSpread or Comparison, with numbers as `number_text` writes them: its
// interval,
// "[1.1, 1.5]", or the values of two seeds, "(1.1 and 1.5)"; of a single one nothing.
template <typename Estimated, typename NumberText>
std::string interval_text(const Estimated& estimated, NumberText number_text) {
  if (!estimated.two.empty()) {
    return fmt::format("({} and {})", number_text(estimated.two[0]), number_text(estimated.two[1]));
  }
  if (!estimated.interval) return "";
  return fmt::format("[{}, {}]", number_text(estimated.interval->low), number_text(estimated.interval->high));
}

// The same of a difference: "[-1.10, +1.50]".
std::string difference_interval(const Comparison& comparison, bool percent);

// Whether a cell has results of two seeds alone.
bool has_pairs_of_seeds(const Report& report);

// What the seed varies, and how ± and intervals are computed.
std::string seed_statement(const Report& report);

}  // namespace pbn::report
