#include "orchestrator/report/content/relatedness.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/groups/groups_report.h"
#include "drawing/group_figure.h"
#include "drawing/matrix_figure.h"

namespace pbn {
std::optional<RelatedParts> relatedness_of(const Sweep& sweep) {
  for (const Cell& cell : sweep.cells) {
    if (cell.worker().is_external() || cell.setting("model.head") != "pbn") continue;
    try {
      RelatedParts related =
          find_related_parts(cell.train()[0].path, static_cast<int>(cell.setting("model.groups").size()));
      related.source = cell.train()[0].path.filename().string();
      return related;
    } catch (const Error&) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::string relatedness_matrix(const Report& report) {
  return report.relatedness ? matrix_picture(*report.relatedness) : "";
}

std::string relatedness_groups(const Report& report) {
  if (!report.relatedness) return "";
  const RelatedParts& related = *report.relatedness;
  return group_picture(related.cut.minimum.groups, *related.relatedness.skeleton,
                       fmt::format("least normalised cut, {:.4f}, of {} people in {}", related.cut.minimum.ncut,
                                   related.relatedness.people, related.source));
}

}  // namespace pbn
