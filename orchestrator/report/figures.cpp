#include "orchestrator/report/figures.h"

#include "orchestrator/report/bar_chart.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/curves.h"
#include "orchestrator/report/scatter_chart.h"

namespace pbn {

std::vector<ReportFigure> report_figures(const Json& aggregate) {
  const std::string metric = metric_title(aggregate["metric"]);
  const std::string dots =
      " against %: a dot per cell, baselines as squares. Lines are 95% t-intervals over the seeds, cut "
      "off at the frame.";
  const std::string eight = " Of at most eight cells, baselines first; means over the seeds that have a value.";
  const auto against = [&](const char* cost) { return metric + std::string(dots).replace(dots.find('%'), 1, cost); };
  std::vector<ReportFigure> figures{
      {"results", metric + " of every cell, with 95% t-intervals; small circles are single seeds.",
       bar_chart(aggregate)},
      {"accuracy-parameters", against("parameters"), scatter_chart(aggregate, "parameters")},
      {"accuracy-operations", against("operations"), scatter_chart(aggregate, "gflop_per_image")},
      {"thresholds", "Labelled joints found within a distance, all parts pooled." + eight, threshold_figure(aggregate)},
      {"training-loss", "Training loss after every epoch." + eight, training_figure(aggregate)},
      {"validation", metric + " on the validation set during training." + eight, validation_figure(aggregate)}};
  std::erase_if(figures, [](const ReportFigure& figure) { return figure.svg.empty(); });
  return figures;
}

}  // namespace pbn
