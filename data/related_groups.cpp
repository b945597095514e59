#include "data/related_groups.h"

#include <fmt/ranges.h>

#include <fstream>

#include "base/error.h"
#include "base/table.h"

namespace pbn {
namespace {

constexpr const char* report_format = "pbn-groups";

Json rows_of(const std::vector<double>& square, int side) {
  Json rows = Json::array();
  for (int row = 0; row < side; ++row) {
    const auto begin = square.begin() + static_cast<std::ptrdiff_t>(row) * side;
    rows.push_back(std::vector<double>(begin, begin + side));
  }
  return rows;
}

Json to_json(const Partition& partition, const Skeleton& skeleton) {
  return {{"groups", to_json(partition.groups, skeleton)}, {"ncut", partition.ncut}};
}

std::string listed(const Groups& groups, const Skeleton& skeleton) {
  std::string text;
  for (const auto& group : groups) {
    std::vector<std::string> names;
    for (const int part : group) names.push_back(skeleton.parts[static_cast<std::size_t>(part)]);
    text += fmt::format("  {}\n", fmt::join(names, " "));
  }
  return text;
}

Table normalised_table(const Relatedness& relatedness) {
  const Skeleton& skeleton = *relatedness.skeleton;
  const std::vector<double> weights = relatedness.normalised();
  Table table;
  table.columns = {""};
  for (int part = 0; part < skeleton.size(); ++part) table.columns.push_back(std::to_string(part));
  for (int part = 0; part < skeleton.size(); ++part) {
    std::vector<std::string> row{fmt::format("{} {}", part, skeleton.parts[static_cast<std::size_t>(part)])};
    for (int other = 0; other < skeleton.size(); ++other) {
      const double weight = weights[static_cast<std::size_t>(part * skeleton.size() + other)];
      row.push_back(part == other ? "" : fmt::format("{:.2f}", weight));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool is_report(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return stream.get() == '{';
}

Json lists_of_report(const std::filesystem::path& file, int k) {
  const Json report = read_json(file);
  const auto groups = report.find("groups");
  if (report.value("format", Json()) != report_format || groups == report.end() || !groups->is_array()) {
    throw data_error(file.string(), "save one with pbn groups --json", "is not a report of groups");
  }
  if (groups->size() != static_cast<std::size_t>(k)) {
    throw data_error(file.string(), "name the pose file instead, or save a report of that many",
                     "holds {} groups, not {}", groups->size(), k);
  }
  return *groups;
}

Groups in_skeleton(const Json& lists, const Skeleton& skeleton, const std::filesystem::path& file) {
  Groups groups;
  std::vector<bool> grouped(skeleton.parts.size());
  for (const Json& list : lists) {
    std::vector<int> group;
    for (const Json& name : list) {
      const int part = name.is_string() ? skeleton.index_of(name.get<std::string>()) : -1;
      if (part < 0) continue;
      group.push_back(part);
      grouped[static_cast<std::size_t>(part)] = true;
    }
    if (!group.empty()) groups.push_back(std::move(group));
  }
  for (std::size_t part = 0; part < grouped.size(); ++part) {
    if (!grouped[part]) {
      throw data_error(file.string(), "find related parts in a file of the same skeleton",
                       "has no part \"{}\", which {} has", skeleton.parts[part], skeleton.name);
    }
  }
  return canonical_order(std::move(groups));
}

}  // namespace

RelatedParts find_related_parts(const std::filesystem::path& file, int k) {
  const BoxPoses poses = read_box_poses(file);
  Relatedness relatedness = estimate_relatedness(poses);
  MinimumCut cut = minimum_normalised_cut(relatedness.normalised(), poses.skeleton->size(), k);
  return {std::move(relatedness), std::move(cut), poses.source, poses.fingerprint};
}

Json groups_report(const RelatedParts& related) {
  const Skeleton& skeleton = *related.relatedness.skeleton;
  Json report = to_json(related.cut.minimum, skeleton);
  report["format"] = report_format;
  report["k"] = related.cut.minimum.groups.size();
  report["runner_up"] = related.cut.runner_up ? to_json(*related.cut.runner_up, skeleton) : Json();
  report["parts"] = skeleton.parts;
  report["nats"] = rows_of(related.relatedness.nats, skeleton.size());
  report["normalised"] = rows_of(related.relatedness.normalised(), skeleton.size());
  report["from"] = {{"file", related.source},
                    {"fingerprint", related.fingerprint},
                    {"people", related.relatedness.people},
                    {"skeleton", skeleton.name}};
  return report;
}

std::string groups_text(const RelatedParts& related) {
  const Skeleton& skeleton = *related.relatedness.skeleton;
  const Partition& minimum = related.cut.minimum;
  std::string text =
      fmt::format("Related parts of {} people in {}, {} groups, Ncut {:.5f}:\n{}", related.relatedness.people,
                  related.source, minimum.groups.size(), minimum.ncut, listed(minimum.groups, skeleton));
  if (const auto& second = related.cut.runner_up) {
    text += fmt::format("Runner-up, Ncut {:.5f} ({:+.2f}%); the closer, the less certain the groups:\n{}", second->ncut,
                        100 * (second->ncut / minimum.ncut - 1), listed(second->groups, skeleton));
  }
  return text + "Mutual information, scaled to 0..1:\n" + normalised_table(related.relatedness).to_text();
}

Groups related_groups(const std::filesystem::path& file, int k, const Skeleton& for_skeleton) {
  const Json lists = is_report(file) ? lists_of_report(file, k) : groups_report(find_related_parts(file, k))["groups"];
  return in_skeleton(lists, for_skeleton, file);
}

}  // namespace pbn
