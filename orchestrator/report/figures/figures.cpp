#include "orchestrator/report/figures/figures.h"

#include <fmt/format.h>

#include "drawing/group_figure.h"
#include "drawing/matrix_figure.h"
#include "orchestrator/report/figures/charts.h"

namespace pbn::report {
namespace {

constexpr const char* cut_off = "cut off with an arrow at the frame";
constexpr const char* of_eight_cells = "At most eight cells, baselines first; means over the seeds that have a value.";

std::string scatter_caption(const std::string& metric, const char* cost) {
  return fmt::format(
      "{} against {}: one dot for each cell, squares for baselines. Lines are 95% t-intervals over the "
      "seeds, {}.",
      metric, cost, cut_off);
}

// Fig. 2a and 2b of the paper, from the training people.
void add_relatedness(std::vector<ReportFigure>& figures, const data::RelatedParts& related) {
  figures.push_back({"relatedness",
                     "Mutual information between the positions of parts in the training people (as in Fig. 2a). Frames "
                     "enclose the groups of minimum normalised cut.",
                     drawing::matrix_picture(related), true});
  const std::string note = fmt::format("minimum normalised cut, {:.4f}, of {} people in {}", related.cut.minimum.ncut,
                                       related.relatedness.people, related.source);
  figures.push_back({"related-groups", "The groups of minimum normalised cut in the training people (as in Fig. 2b).",
                     drawing::group_picture(related.cut.minimum.groups, *related.relatedness.skeleton, note), true});
}

}  // namespace

std::vector<ReportFigure> report_figures(const Report& report) {
  const std::string metric = metric_title(report.metric);
  std::vector<ReportFigure> figures{
      {"results",
       fmt::format("{} of each cell with 95% t-intervals, {}. Small circles are single seeds.", metric, cut_off),
       drawing::bar_chart(bar_chart_of(report))},
      {"differences",
       fmt::format("{} of each cell minus that of its baseline. Solid lines are paired 95% t-intervals over the seeds, "
                   "{}; dashed lines are 95% bootstrap intervals over the validation photographs.",
                   metric, cut_off),
       drawing::difference_chart(difference_chart_of(report))},
      {"setting",
       fmt::format("{} over {} (as in Fig. 5) with 95% t-intervals, {}. The axis does not begin at zero.", metric,
                   charted_setting(report), cut_off),
       drawing::setting_chart(setting_chart_of(report))},
      {"accuracy-parameters", scatter_caption(metric, "parameters"),
       drawing::scatter_chart(scatter_chart_of(report, Cost::parameters))},
      {"accuracy-operations", scatter_caption(metric, "operations"),
       drawing::scatter_chart(scatter_chart_of(report, Cost::operations))},
      {"thresholds", fmt::format("Labelled joints found within a distance, all parts pooled. {}", of_eight_cells),
       drawing::line_chart(threshold_chart_of(report))},
      {"training-loss", fmt::format("Training loss after each epoch. {}", of_eight_cells),
       drawing::line_chart(training_chart_of(report))},
      {"validation", fmt::format("{} on the validation set during training. {}", metric, of_eight_cells),
       drawing::line_chart(validation_chart_of(report))}};
  if (report.relatedness) add_relatedness(figures, *report.relatedness);
  std::erase_if(figures, [](const ReportFigure& figure) { return figure.svg.empty(); });
  return figures;
}

}  // namespace pbn::report
