#include "orchestrator/report/relatedness.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/groups/groups_report.h"
#include "data/groups/related_groups.h"
#include "evaluation/group_figure.h"
#include "evaluation/matrix_figure.h"

namespace pbn {
namespace {

// As far as the pictures need it.
RelatedParts related_parts(const Json& report) {
  RelatedParts related;
  related.relatedness.skeleton = &skeleton_named(report["from"]["skeleton"].get<std::string>());
  related.relatedness.people = report["from"]["people"];
  for (const Json& row : report["nats"]) {
    for (const Json& value : row) related.relatedness.nats.push_back(value);
  }
  related.cut.minimum = {resolve_groups(report["groups"], *related.relatedness.skeleton), report["ncut"]};
  return related;
}

const Json& report_in(const Json& aggregate) { return at_path(aggregate, "outcome.relatedness"); }

}  // namespace

Json relatedness_of(const Sweep& sweep) {
  for (const Cell& cell : sweep.cells) {
    if (cell.worker().is_own() || cell.setting("model.head") != "pbn") continue;
    try {
      Json report = groups_report(
          find_related_parts(cell.train()[0].path, static_cast<int>(cell.setting("model.groups").size())));
      report.erase("counted");
      report["from"]["file"] = cell.train()[0].path.filename().string();  // the same wherever the data lies
      return report;
    } catch (const Error&) {
      return nullptr;
    }
  }
  return nullptr;
}

std::string relatedness_matrix(const Json& aggregate) {
  const Json& report = report_in(aggregate);
  return report.is_null() ? "" : matrix_picture(related_parts(report));
}

std::string relatedness_groups(const Json& aggregate) {
  const Json& report = report_in(aggregate);
  if (report.is_null()) return "";
  const RelatedParts related = related_parts(report);
  return group_picture(related.cut.minimum.groups, *related.relatedness.skeleton,
                       fmt::format("least normalised cut, {:.4f}, of {} people in {}", related.cut.minimum.ncut,
                                   related.relatedness.people, report["from"]["file"].get<std::string>()));
}

}  // namespace pbn
