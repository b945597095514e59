#include "orchestrator/report/figures/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "orchestrator/report/figures/charts.h"
#include "orchestrator/report/figures/pose_figures.h"
#include "orchestrator/report/tables/tables.h"

namespace pbn::report {
namespace {

constexpr const char* cut_off = "cut off with an arrow at the frame";

std::string circles_note(const Report& report) {
  return has_pairs_of_seeds(report) ? " Small circles are the results of two seeds." : "";
}

std::string scatter_caption(const Report& report, const char* cost) {
  return fmt::format(
      "{} against {}: one dot for each cell, squares for baselines. Lines are 95% t-intervals over the "
      "seeds, {}.{}",
      report.words.metric, cost, cut_off, circles_note(report));
}

ReportFigure curve_figure(const Report& report, std::size_t kind) {
  const drawing::LineChart chart = curve_chart_of(report, kind);
  return {report.curve_kinds[kind].file, fmt::format("{}. {}", chart.title, of_charted_cells),
          drawing::line_chart(chart)};
}

}  // namespace

std::vector<ReportFigure> report_figures(const Report& report) {
  const std::string& metric = report.words.metric;
  std::vector<ReportFigure> figures{
      {"results",
       fmt::format("{} of each cell with 95% t-intervals, {}. Small circles are single seeds.", metric, cut_off),
       drawing::bar_chart(bar_chart_of(report))},
      {"differences",
       fmt::format("{} of each cell minus that of its baseline.{} Solid lines are paired {} over the "
                   "seeds, {}{}.{}",
                   metric, direction_note(report, " Lower is better."), paired_intervals(report), cut_off,
                   has_image_intervals(report)
                       ? "; dashed lines are 95% bootstrap intervals over the validation photographs"
                       : "",
                   circles_note(report)),
       drawing::difference_chart(difference_chart_of(report))},
      {"setting",
       fmt::format("{} over {}{} with 95% t-intervals, {}.{} The axis does not begin at zero.", metric,
                   charted_setting(report), report.words.setting_note, cut_off, circles_note(report)),
       drawing::setting_chart(setting_chart_of(report))},
      {"accuracy-parameters", scatter_caption(report, "parameters"),
       drawing::scatter_chart(scatter_chart_of(report, Cost::parameters))},
      {"accuracy-operations", scatter_caption(report, "operations"),
       drawing::scatter_chart(scatter_chart_of(report, Cost::operations))}};
  for (std::size_t kind = 0; kind < report.curve_kinds.size(); ++kind) figures.push_back(curve_figure(report, kind));
  if (report.pose) std::ranges::move(pose_figures(report), std::back_inserter(figures));
  std::erase_if(figures, [](const ReportFigure& figure) { return figure.svg.empty(); });
  return figures;
}

}  // namespace pbn::report
