#include "orchestrator/report/content/columns.h"

#include <algorithm>
#include <map>

#include "evaluation/metrics.h"

namespace pbn::report {
namespace {

using Titles = std::map<std::string, std::string>;

const Titles threshold_titles{
    {"pckh50", "PCKh@0.5"}, {"pckh10", "PCKh@0.1"}, {"pck20", "PCK@0.2"}, {"pck10", "PCK@0.1"}, {"auc", "AUC"}};

const Titles joint_titles{{"all16", "all 16 parts pooled"},
                          {"all14", "all 14 parts pooled"},
                          {"w14", "pooled over all parts but pelvis and thorax"},
                          {"un14", "mean over all parts but pelvis and thorax"},
                          {"un16", "mean over all 16 parts"},
                          {"hard10", "mean over elbows, wrists, hips, knees and ankles"},
                          {"upper", "mean over the parts above the waist"},
                          {"lower", "mean over the parts below the waist"}};

std::string title_of(const Titles& titles, const std::string& name, const std::string& otherwise) {
  const auto found = titles.find(name);
  return found == titles.end() ? otherwise : found->second;
}

std::string threshold_of(const std::string& metric) { return metric.substr(0, metric.find('.')); }
std::string joints_of(const std::string& metric) { return metric.substr(metric.find('.') + 1); }

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

Columns pose_columns(const std::string& metric, const config::Skeleton& skeleton, const std::set<std::string>& known) {
  const std::string threshold = threshold_of(metric), joints = joints_of(metric);
  const auto add = [&](std::vector<Column>& list, const std::string& title, const std::string& figure) {
    if (known.contains(figure)) list.push_back({title, figure});
  };
  Columns columns;
  columns.splits.push_back({"overall", metric});
  for (const char* split : {"visible", "occluded"}) add(columns.splits, split, metric + "@" + split);
  for (const std::string& part : evaluation::part_figures(skeleton)) {
    if (skeleton.index_of(part) >= 0) continue;  // of one side
    add(columns.parts, part, threshold + "." + part);
    add(columns.occluded_parts, part, threshold + "." + part + "@occluded");
  }
  for (const char* other : {"pckh50", "pckh10", "pck20", "pck10", "auc"}) {
    if (other != threshold) add(columns.others, threshold_titles.at(other), other + ("." + joints));
  }
  for (const std::string& mean : evaluation::mean_figures(skeleton)) {
    if (mean != joints) add(columns.others, mean, threshold + "." + mean);
  }
  return columns;
}

Columns plain_columns(const std::string& metric, const std::set<std::string>& known) {
  Columns columns;
  columns.splits.push_back({metric, metric});
  for (const std::string& figure : known) {
    if (figure != metric && columns.others.size() < 12) columns.others.push_back({figure, figure});
  }
  return columns;
}

std::string pose_metric_title(const std::string& metric) {
  return title_of(threshold_titles, threshold_of(metric), metric);
}

std::string pose_metric_in_full(const std::string& metric) {
  if (!threshold_titles.contains(threshold_of(metric))) return metric;
  return pose_metric_title(metric) + ", " + title_of(joint_titles, joints_of(metric), joints_of(metric));
}

}  // namespace pbn::report
