#include "orchestrator/report/figures/pose_figures.h"

#include <fmt/format.h>

#include "drawing/group_figure.h"
#include "drawing/matrix_figure.h"
#include "orchestrator/report/figures/charts.h"

namespace pbn::report {
namespace {

// Fig. 2a and 2b of the paper, from the training people.
void add_relatedness(std::vector<ReportFigure>& figures, const data::RelatedParts& related) {
  figures.push_back({"relatedness",
                     "Mutual information between the positions of parts in the training people (as in Fig. 2a). Frames "
                     "enclose the groups of minimum normalised cut.",
                     drawing::matrix_picture(related), true});
  const std::string note = fmt::format("minimum normalised cut, {:.4f}, of {} people in {}", related.cut.minimum.ncut,
                                       related.relatedness.people, data::names_of(related.sources));
  figures.push_back({"related-groups", "The groups of minimum normalised cut in the training people (as in Fig. 2b).",
                     drawing::group_picture(related.cut.minimum.groups, *related.relatedness.skeleton, note), true});
}

}  // namespace

std::vector<ReportFigure> pose_figures(const Report& report) {
  std::vector<ReportFigure> figures{
      {"thresholds", fmt::format("Labelled joints found within a distance, all parts pooled. {}", of_charted_cells),
       drawing::line_chart(threshold_chart_of(report))}};
  if (report.pose->relatedness) add_relatedness(figures, *report.pose->relatedness);
  return figures;
}

}  // namespace pbn::report
