#include "evaluation/report.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/number_text.h"
#include "base/table.h"

namespace pbn::evaluation {
namespace {

constexpr std::array splits{"", "@visible", "@occluded"};

std::string percent(const Figures& figures, const std::string& name) {
  const auto found = figures.find(name);
  return found == figures.end() ? "-" : fixed_text(found->second, 2);
}

Table table_of(const std::string& title, const std::vector<std::string>& names, const Figures& figures,
               const GroundTruth& truth) {
  const auto metrics = metrics_of(truth);
  const auto joints = count_joints(truth);
  Table table{{title, metrics[0], "visible", "occluded"}, {}};
  table.columns.insert(table.columns.end(), metrics.begin() + 1, metrics.end());
  table.columns.insert(table.columns.end(), {"n", "n visible", "n occluded"});
  for (const std::string& name : names) {
    std::vector<std::string> row{name};
    for (const char* split : splits) row.push_back(percent(figures, metrics[0] + "." + name + split));
    for (std::size_t m = 1; m < metrics.size(); ++m) row.push_back(percent(figures, metrics[m] + "." + name));
    for (const char* split : splits) row.push_back(std::to_string(joints.at(name + split)));
    table.rows.push_back(row);
  }
  return table;
}

std::vector<std::string> names_not_predicted(const Predictions& predictions, const config::Skeleton& skeleton) {
  std::vector<std::string> names;
  for (const int part : parts_not_predicted(predictions)) names.push_back(skeleton.parts[part]);
  return names;
}

}  // namespace

std::string evaluation_text(const Predictions& predictions, const GroundTruth& whole_truth) {
  const GroundTruth truth = without_unpredicted_parts(whole_truth, predictions);
  const Figures figures = evaluate(predictions, truth);
  const auto missing = names_not_predicted(predictions, *truth.skeleton);
  return table_of("part", part_figures(*truth.skeleton), figures, truth).for_terminal() + "\n" +
         table_of("mean", mean_figures(*truth.skeleton), figures, truth).for_terminal() +
         (missing.empty() ? ""
                          : fmt::format("\nNot predicted, so not in these figures: {}\n", fmt::join(missing, ", ")));
}

Json evaluation_json(const Predictions& predictions, const GroundTruth& whole_truth) {
  const GroundTruth truth = without_unpredicted_parts(whole_truth, predictions);
  return {{"skeleton", truth.skeleton->name},
          {"reference", truth.reference},
          {"people", truth.people()},
          {"not_predicted", names_not_predicted(predictions, *truth.skeleton)},
          {"figures", evaluate(predictions, truth)},
          {"joints", count_joints(truth)}};
}

}  // namespace pbn::evaluation
