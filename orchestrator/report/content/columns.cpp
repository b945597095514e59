#include "orchestrator/report/content/columns.h"

#include <algorithm>
#include <map>

#include "evaluation/metrics.h"

namespace pbn {
namespace {

const std::map<std::string, std::string> metric_titles{
    {"pckh50", "PCKh@0.5"}, {"pckh10", "PCKh@0.1"}, {"pck20", "PCK@0.2"}, {"pck10", "PCK@0.1"}, {"auc", "AUC"}};

const std::map<std::string, std::string> figure_descriptions{
    {"all16", "all 16 parts pooled"},
    {"all14", "all 14 parts pooled"},
    {"w14", "pooled over all parts but pelvis and thorax"},
    {"un14", "mean over all parts but pelvis and thorax"},
    {"un16", "mean over all 16 parts"},
    {"hard10", "mean over elbows, wrists, hips, knees and ankles"},
    {"upper", "mean over the parts above the waist"},
    {"lower", "mean over the parts below the waist"}};

std::string found_in(const std::map<std::string, std::string>& names, const std::string& name) {
  const auto found = names.find(name);
  return found == names.end() ? "" : found->second;
}

std::string threshold_name_of(const std::string& metric) { return metric.substr(0, metric.find('.')); }
std::string counted_by(const std::string& metric) { return metric.substr(metric.find('.') + 1); }

struct Chooser {
  const std::set<std::string>& known;

  void add(std::vector<Column>& list, const std::string& title, const std::string& figure) const {
    if (known.contains(figure)) list.push_back({title, figure});
  }
};

Columns pose_columns(const std::string& metric, const Skeleton& skeleton, const std::set<std::string>& known) {
  const Chooser chooser{known};
  const std::string threshold = threshold_name_of(metric), counted = counted_by(metric);
  Columns columns;
  columns.splits.push_back({"overall", metric});
  for (const char* split : {"visible", "occluded"}) chooser.add(columns.splits, split, metric + "@" + split);
  for (const std::string& part : part_figures(skeleton)) {
    if (skeleton.index_of(part) >= 0) continue;  // a single side
    chooser.add(columns.parts, part, threshold + "." + part);
    chooser.add(columns.occluded_parts, part, threshold + "." + part + "@occluded");
  }
  for (const char* other : {"pckh50", "pckh10", "pck20", "pck10", "auc"}) {
    if (other != threshold) chooser.add(columns.others, found_in(metric_titles, other), other + ("." + counted));
  }
  for (const std::string& mean : mean_figures(skeleton)) {
    if (mean != counted) chooser.add(columns.others, mean, threshold + "." + mean);
  }
  return columns;
}

Columns own_columns(const std::string& metric, const std::set<std::string>& known) {
  Columns columns;
  columns.splits.push_back({metric, metric});
  for (const std::string& figure : known) {
    if (figure != metric && columns.others.size() < 12) columns.others.push_back({figure, figure});
  }
  return columns;
}

}  // namespace

std::vector<std::string> Columns::figures() const {
  std::vector<std::string> names;
  for (const auto* list : {&splits, &parts, &occluded_parts, &others}) {
    for (const Column& column : *list) {
      if (std::find(names.begin(), names.end(), column.figure) == names.end()) names.push_back(column.figure);
    }
  }
  return names;
}

Columns columns_of(const std::string& metric, const Skeleton* skeleton, const std::set<std::string>& known) {
  return skeleton ? pose_columns(metric, *skeleton, known) : own_columns(metric, known);
}

std::string metric_title(const std::string& metric) {
  const std::string title = found_in(metric_titles, threshold_name_of(metric));
  return title.empty() ? metric : title;
}

std::string metric_description(const std::string& metric) {
  if (found_in(metric_titles, threshold_name_of(metric)).empty()) return metric;
  const std::string description = found_in(figure_descriptions, counted_by(metric));
  return metric_title(metric) + ", " + (description.empty() ? counted_by(metric) : description);
}

}  // namespace pbn
