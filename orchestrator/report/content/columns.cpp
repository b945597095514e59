#include "orchestrator/report/content/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "evaluation/metrics.h"

namespace pbn::report {
namespace {

using Titles = std::map<std::string, std::string>;

const Titles threshold_titles{{"pckh50", "PCKh@0.5"}, {"pckh10", "PCKh@0.1"}, {"pck20", "PCK@0.2"},
                              {"pck10", "PCK@0.1"},   {"pck05", "PCK@0.05"},  {"auc", "AUC"}};

const Titles joint_titles{{"w14", "pooled over all parts but pelvis and thorax"},
                          {"un14", "mean over all parts but pelvis and thorax"},
                          {"hard10", "mean over elbows, wrists, hips, knees and ankles"},
                          {"upper", "mean over the parts above the waist"},
                          {"lower", "mean over the parts below the waist"}};

std::string title_of(const Titles& titles, const std::string& name, const std::string& otherwise) {
  const auto found = titles.find(name);
  return found == titles.end() ? otherwise : found->second;
}

// "all17" is "all 17 parts pooled" on any skeleton.
std::string title_of_joints(const std::string& name) {
  const std::string digits = name.substr(std::min(name.find_first_of("0123456789"), name.size()));
  if (!digits.empty() && name == "all" + digits) return fmt::format("all {} parts pooled", digits);
  return title_of(joint_titles, name, name == "un" + digits ? fmt::format("mean over all {} parts", digits) : name);
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
  for (const config::PartMean& kind : skeleton.kinds) {
    add(columns.parts, kind.name, threshold + "." + kind.name);
    add(columns.occluded_parts, kind.name, threshold + "." + kind.name + "@occluded");
  }
  for (const char* other : {"pckh50", "pckh10", "pck20", "pck10", "pck05", "auc"}) {
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
  return pose_metric_title(metric) + ", " + title_of_joints(joints_of(metric));
}

}  // namespace pbn::report
