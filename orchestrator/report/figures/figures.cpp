#include "orchestrator/report/figures/figures.h"

#include "orchestrator/report/content/relatedness.h"
#include "orchestrator/report/figures/charts.h"

namespace pbn {

std::vector<ReportFigure> report_figures(const Report& report) {
  const std::string metric = metric_title(report.metric);
  const std::string dots =
      " against %: a dot per cell, baselines as squares. Lines are 95% t-intervals over the seeds, cut "
      "off at the frame where an arrow stands.";
  const std::string eight = " Of at most eight cells, baselines first; means over the seeds that have a value.";
  const auto against = [&](const char* cost) { return metric + std::string(dots).replace(dots.find('%'), 1, cost); };
  std::vector<ReportFigure> figures{
      {"results",
       metric + " of every cell, with 95% t-intervals, cut off at the frame where an arrow stands; small circles are "
                "single seeds.",
       bar_chart(bar_chart_of(report))},
      {"differences",
       metric + " of each cell minus that of its baseline. Solid lines are paired 95% t-intervals over the seeds, cut "
                "off at the frame where an arrow stands, dashed ones 95% bootstrap intervals over the validation "
                "photographs.",
       difference_chart(difference_chart_of(report))},
      {"setting",
       metric + " over " + charted_setting(report) +
           " (the form of Fig. 5), with 95% t-intervals, cut off "
           "at the frame where an arrow stands. The axis does not begin at zero.",
       setting_chart(setting_chart_of(report))},
      {"accuracy-parameters", against("parameters"), scatter_chart(scatter_chart_of(report, Cost::parameters))},
      {"accuracy-operations", against("operations"), scatter_chart(scatter_chart_of(report, Cost::operations))},
      {"thresholds", "Labelled joints found within a distance, all parts pooled." + eight,
       line_chart(threshold_chart_of(report))},
      {"training-loss", "Training loss after every epoch." + eight, line_chart(training_chart_of(report))},
      {"validation", metric + " on the validation set during training." + eight,
       line_chart(validation_chart_of(report))},
      {"relatedness",
       "Mutual information between the places of parts in the training people (the form of Fig. 2a), framed into "
       "groups "
       "of least normalised cut.",
       relatedness_matrix(report), true},
      {"related-groups", "The groups of least normalised cut of the training people (the form of Fig. 2b).",
       relatedness_groups(report), true}};
  std::erase_if(figures, [](const ReportFigure& figure) { return figure.svg.empty(); });
  return figures;
}

}  // namespace pbn
