// The tables of a report, from its aggregate (aggregate.h).
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"

namespace pbn {

// Cells by overall / visible / occluded, size and speed; the mean pose first.
Table results_table(const Json& aggregate);

// Cells by body part, with the metric's threshold.
Table parts_table(const Json& aggregate);

// Runs without a result: cell, seed, state and reason. No rows when all are there.
Table missing_runs_table(const Json& aggregate);

std::string markdown_report(const Json& aggregate);

// "87.3 ± 0.4"; "87.3" of one seed; "87.3 ± 0.4 (2/3)" where runs are missing; "–" where all are.
std::string spread_text(const Json& spread, std::size_t wanted);

// "PCKh@0.5" of "pckh50.all16", and the same with what it counts: "PCKh@0.5, all 16 parts pooled".
std::string metric_title(const std::string& metric);
std::string metric_description(const std::string& metric);

// The names of the metric over all, visible and occluded joints, as far as the data tells them apart.
struct MetricColumn {
  std::string title, figure;
};
std::vector<MetricColumn> metric_columns(const Json& aggregate);

// What the error bars mean.
std::string seed_statement();

// "3 641 424" with thin spaces, for people
std::string grouped_digits(std::int64_t number);

}  // namespace pbn
