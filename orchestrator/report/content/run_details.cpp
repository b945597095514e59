#include "orchestrator/report/content/run_details.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/foreign_text.h"
#include "base/number_text.h"
#include "base/text.h"
#include "orchestrator/report/content/curves.h"
#include "orchestrator/report/content/settings.h"
#include "orchestrator/report/tables/tables.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/run_state.h"

namespace pbn::report {
namespace {

constexpr std::size_t points_of_a_run = 160;  // of all its curves
constexpr std::size_t log_lines = 12, bytes_of_a_line = 300;

bool is_broken(const ReportedCell& cell) {
  return std::any_of(cell.runs.begin(), cell.runs.end(),
                     [](const ReportedRun& run) { return run.state == "failed" || run.state == "lost"; });
}

std::vector<std::size_t> cells_to_show(const std::vector<ReportedCell>& cells, std::size_t most_runs) {
  std::vector<std::size_t> chosen;
  std::size_t runs = 0;
  for (const bool broken : {true, false}) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (is_broken(cells[i]) != broken || runs + cells[i].runs.size() > most_runs) continue;
      runs += cells[i].runs.size();
      chosen.push_back(i);
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::string text_at(const Json& object, const char* path) {
  const Json& value = at_path(object, path);
  return value.is_string() ? one_line(value.get<std::string>()) : "";
}

std::vector<ShownAttempt> attempts_to_show(const std::filesystem::path& folder, const runs::RunFacts& facts) {
  std::vector<ShownAttempt> attempts;
  for (const Json& attempt : runs::attempt_history(folder, facts)) {
    const std::string job = text_at(attempt, "slurm_job");
    attempts.push_back({text_at(attempt, "attempt"), text_at(attempt, "began"), text_at(attempt, "exit.ended"),
                        text_at(attempt, "host") + (job.empty() ? "" : ", job " + job), text_at(attempt, "how")});
  }
  return attempts;
}

std::string log_end_of(const std::filesystem::path& folder) {
  std::vector<std::string> lines;
  for (const std::string& line : runs::last_lines_of_program(folder / "log", log_lines)) {
    lines.push_back(one_line(printable_line(line, bytes_of_a_line)));
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

// Thinned, with values of four digits.
RunCurves curves_to_show(RunCurves curves) {
  for (drawing::CurvePoints& curve : curves) {
    curve = drawing::thinned(curve, points_of_a_run / std::max<std::size_t>(2, curves.size()));
    for (auto& [x, y] : curve) y = std::stod(fmt::format("{:.4g}", y));
  }
  return curves;
}

// "12.5 s on node7: AMD EPYC, 2 x 4 threads", as far as it is known.
std::string cost_of(const MeasuredCell& cell, const std::string& run) {
  const auto found = std::ranges::find(cell.runs, run, &MeasuredRun::run);
  if (found == cell.runs.end()) return "";
  std::string text = found->seconds ? fixed_text(*found->seconds, 1) + " s" : "";
  if (!found->host.empty()) text += (text.empty() ? "on " : " on ") + one_line(found->host);
  if (!text.empty()) text += ": ";
  if (!found->device.empty()) text += one_line(found->device) + ", ";
  return text + fmt::format("{:g} x {:g} {}", found->ranks, found->threads, found->threads == 1 ? "thread" : "threads");
}

std::string metric_text(const Report& report, const ReportedCell& cell, std::size_t number) {
  const ValuesBySeed* const values = entry_of(cell.figures, report.metric);
  return values && (*values)[number] ? report_number(*(*values)[number], report.is_percent) : "";
}

}  // namespace

RunDetails run_details(const grid::Sweep& sweep, const runs::RunStore& store, const Report& report,
                       std::size_t most_runs) {
  RunDetails details;
  for (const grid::Cell& cell : sweep.cells) details.wanted += cell.runs.size();
  for (const std::size_t i : cells_to_show(report.cells, most_runs)) {
    const ReportedCell& cell = report.cells[i];
    ShownRunsOfCell shown{
        anchor_of("cell", cell.cell), one_line(cell.label), unshared_settings(sweep.cells[i], report.settings), {}};
    for (std::size_t number = 0; number < cell.runs.size(); ++number) {
      const ReportedRun& run = cell.runs[number];
      const std::filesystem::path folder = store.folder(run.run);
      shown.runs.push_back({anchor_of("run", run.run), run.seed, folder.lexically_relative(store.root()).string(),
                            run.state, one_line(run.reason.value_or("")), metric_text(report, cell, number),
                            cost_of(report.measured.cells[i], run.run),
                            attempts_to_show(folder, runs::facts_of(store, run.run)), log_end_of(folder),
                            curves_to_show(run_curves(store, run.run, report.curve_kinds))});
    }
    details.shown += shown.runs.size();
    details.cells.push_back(std::move(shown));
  }
  return details;
}

}  // namespace pbn::report
