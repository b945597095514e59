#include "data/groups/groups_report.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/path_text.h"
#include "base/table.h"

namespace pbn::data {
namespace {

const std::string& name_of(const config::Skeleton& skeleton, int part) {
  return skeleton.parts[static_cast<std::size_t>(part)];
}

template <typename T>
Json rows_of(const std::vector<T>& square, int side) {
  Json rows = Json::array();
  for (auto row = square.begin(); row != square.end(); row += side) rows.push_back(std::vector<T>(row, row + side));
  return rows;
}

Json to_json(const Partition& partition, const config::Skeleton& skeleton) {
  return {{"groups", config::to_json(partition.groups, skeleton)}, {"ncut", partition.ncut}};
}

Json to_json(const GroupStability& stability, const config::Groups& groups, const config::Skeleton& skeleton) {
  Json found = Json::array(), uncertain = Json::array();
  for (const FrequentGroups& frequent : stability.found) {
    found.push_back({{"groups", config::to_json(frequent.groups, skeleton)}, {"share", frequent.share}});
  }
  for (const UncertainPart& part : uncertain_parts(stability, groups, skeleton.size())) {
    Json otherwise = Json::object();
    for (std::size_t i = 0; i < part.others.size(); ++i) {
      otherwise[name_of(skeleton, part.others[i])] = part.shares[i];
    }
    uncertain.push_back({{"part", name_of(skeleton, part.part)}, {"placed_otherwise", otherwise}});
  }
  return {{"resamples", stability.resamples},
          {"seed", stability.seed},
          {"same_share", stability.same_share},
          {"distinct", stability.distinct},
          {"found", found},
          {"together", rows_of(stability.together, skeleton.size())},
          {"uncertain", uncertain}};
}

Json to_json(const PoseSource& source) {
  return {{"file", path_text(source.file)}, {"fingerprint", source.fingerprint}};
}

// {file, fingerprint} of one file, {files: [{file, fingerprint}, ...]} of several.
Json to_json(const std::vector<PoseSource>& sources) {
  if (sources.size() == 1) return to_json(sources.front());
  Json files = Json::array();
  for (const PoseSource& source : sources) files.push_back(to_json(source));
  return {{"files", std::move(files)}};
}

struct Pair {
  int a = 0, b = 0, people = 0;
};

Pair rarest_pair(const Relatedness& related) {
  const int parts = related.skeleton->size();
  Pair rarest{0, 0, related.people};
  for (int a = 0; a < parts; ++a) {
    for (int b = a + 1; b < parts; ++b) {
      const int people = related.counted[static_cast<std::size_t>(a) * parts + b];
      if (people < rarest.people) rarest = {a, b, people};
    }
  }
  return rarest;
}

std::string counted_text(const Relatedness& related) {
  const Pair rarest = rarest_pair(related);
  if (rarest.people == related.people) return "every pair of parts is labelled in all of them";
  return fmt::format("{} have both {} and {}, every other pair at least as many", rarest.people,
                     name_of(*related.skeleton, rarest.a), name_of(*related.skeleton, rarest.b));
}

bool in_one_group(const config::Groups& groups, int a, int b) {
  const auto has = [](const auto& group, int part) { return std::count(group.begin(), group.end(), part) > 0; };
  return std::any_of(groups.begin(), groups.end(), [&](const auto& group) { return has(group, a) && has(group, b); });
}

// "joins neck, head-top (58%)", with the range of the shares; empty if `chosen` is empty.
std::string clause(const char* verb, const UncertainPart& part, const config::Skeleton& skeleton,
                   const std::vector<std::size_t>& chosen) {
  constexpr std::size_t most_named = 4;
  if (chosen.empty()) return "";
  std::vector<std::string> names;
  double least = 1, greatest = 0;
  for (const std::size_t i : chosen) {
    if (names.size() < most_named) names.push_back(name_of(skeleton, part.others[i]));
    least = std::min(least, part.shares[i]);
    greatest = std::max(greatest, part.shares[i]);
  }
  const std::string more = chosen.size() > most_named ? fmt::format(" and {} more", chosen.size() - most_named) : "";
  const std::string lowest = greatest - least < 0.005 ? "" : fmt::format("{:.0f} to ", 100 * least);
  return fmt::format("{} {}{} ({}{:.0f}%)", verb, fmt::join(names, ", "), more, lowest, 100 * greatest);
}

// "  thorax      leaves l-shoulder (66%), joins neck, head-top (58%)"
std::string in_words(const UncertainPart& part, const config::Groups& groups, const config::Skeleton& skeleton) {
  std::vector<std::size_t> left, joined;
  for (std::size_t i = 0; i < part.others.size(); ++i) {
    (in_one_group(groups, part.part, part.others[i]) ? left : joined).push_back(i);
  }
  const std::string leaves = clause("leaves", part, skeleton, left), joins = clause("joins", part, skeleton, joined);
  return fmt::format("  {:<11} {}{}{}\n", name_of(skeleton, part.part), leaves,
                     leaves.empty() || joins.empty() ? "" : ", ", joins);
}

std::string stability_text(const GroupStability& stability, const config::Groups& groups,
                           const config::Skeleton& skeleton) {
  const auto uncertain = uncertain_parts(stability, groups, skeleton.size());
  std::string text = fmt::format("{:.0f}% of {} resamples of the people (seed {}) give exactly these groups{}\n",
                                 100 * stability.same_share, stability.resamples, stability.seed,
                                 uncertain.empty() ? "; no part is uncertain." : ".");
  if (uncertain.empty()) return text;
  text += fmt::format(
      "WARNING: the groups depend on which people were annotated. {} parts are grouped differently in over {:.0f}% of "
      "the resamples:\n",
      uncertain.size(), 100 * tolerated_share);
  for (const UncertainPart& part : uncertain) text += in_words(part, groups, skeleton);
  for (const FrequentGroups& frequent : stability.found) {
    if (frequent.groups == groups) continue;
    return text + fmt::format("The most frequent other groups, in {:.0f}% of the resamples:\n{}", 100 * frequent.share,
                              listed(frequent.groups, skeleton));
  }
  return text;
}

Table matrix(const Relatedness& related) {
  const config::Skeleton& skeleton = *related.skeleton;
  const std::vector<double> normalised = related.normalised();
  Table table;
  table.columns = {""};
  for (int part = 0; part < skeleton.size(); ++part) table.columns.push_back(std::to_string(part));
  for (int part = 0; part < skeleton.size(); ++part) {
    std::vector<std::string> row{fmt::format("{} {}", part, name_of(skeleton, part))};
    for (int other = 0; other < skeleton.size(); ++other) {
      const auto pair = static_cast<std::size_t>(part) * skeleton.size() + other;
      row.push_back(part == other ? "" : fmt::format("{:.2f}", part < other ? related.nats[pair] : normalised[pair]));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string runner_up_text(const MinimumCut& cut, const config::Skeleton& skeleton) {
  if (!cut.runner_up) return "No other partition has this number of groups.\n";
  const Partition& second = *cut.runner_up;
  const double more = second.ncut - cut.minimum.ncut;
  const std::string compared = more < 1e-9 ? "a tie" : fmt::format("{:+.2f}%", 100 * more / cut.minimum.ncut);
  return fmt::format("{}, Ncut {:.5f} ({}):\n{}", cut.is_proven ? "Runner-up" : "The second best that was found",
                     second.ncut, compared, listed(second.groups, skeleton));
}

std::string what_is_proven(const MinimumCut& cut) {
  if (cut.is_proven) return "";
  return fmt::format(
      " (the best that a local search found, since more than {} parts are too many for an exact one; "
      "proven is only that none is below {:.5f})",
      most_exact_parts, cut.lower_bound);
}

}  // namespace

RelatedParts find_related_parts(const std::vector<std::filesystem::path>& files, int k, const Bootstrap& bootstrap) {
  BoxPoses poses = read_box_poses(files);
  const LatticePoses lattice(poses);
  Relatedness relatedness = lattice.relatedness();
  MinimumCut cut = minimum_normalised_cut(relatedness.normalised(), poses.skeleton->size(), k);
  std::optional<GroupStability> stability;
  if (bootstrap.resamples > 0) {
    stability = bootstrap_groups(lattice, cut.minimum.groups, bootstrap.resamples, bootstrap.seed);
  }
  return {std::move(relatedness), std::move(cut), std::move(stability), std::move(poses.sources)};
}

Json groups_report(const RelatedParts& related) {
  const config::Skeleton& skeleton = *related.relatedness.skeleton;
  const config::Groups& groups = related.cut.minimum.groups;
  Json report = to_json(related.cut.minimum, skeleton);
  report["format"] = group_file_format;
  report["k"] = groups.size();
  if (!related.cut.is_proven) report.update({{"proven", false}, {"lower_bound", related.cut.lower_bound}});
  if (related.cut.runner_up) report["runner_up"] = to_json(*related.cut.runner_up, skeleton);
  if (related.stability) report["stability"] = to_json(*related.stability, groups, skeleton);
  report["parts"] = skeleton.parts;
  report["nats"] = rows_of(related.relatedness.nats, skeleton.size());
  report["normalised"] = rows_of(related.relatedness.normalised(), skeleton.size());
  report["counted"] = rows_of(related.relatedness.counted, skeleton.size());
  report["from"] = to_json(related.sources);
  report["from"].update({{"people", related.relatedness.people},
                         {"least_people_of_a_pair", rarest_pair(related.relatedness).people},
                         {"skeleton", skeleton.name}});
  return report;
}

Json groups_report(const std::string& name, const config::Groups& groups, const config::Skeleton& skeleton) {
  return {{"format", group_file_format}, {"name", name},
          {"k", groups.size()},          {"groups", config::to_json(groups, skeleton)},
          {"parts", skeleton.parts},     {"from", {{"skeleton", skeleton.name}}}};
}

std::string listed(const config::Groups& groups, const config::Skeleton& skeleton) {
  std::string text;
  for (const auto& group : groups) {
    std::vector<std::string> names;
    for (const int part : group) names.push_back(name_of(skeleton, part));
    text += fmt::format("  {}\n", fmt::join(names, " "));
  }
  return text;
}

std::string groups_text(const RelatedParts& related) {
  const Relatedness& relatedness = related.relatedness;
  const config::Skeleton& skeleton = *relatedness.skeleton;
  const config::Groups& groups = related.cut.minimum.groups;
  std::string text = fmt::format("Related parts of {} people in {} ({}).\n", relatedness.people,
                                 names_of(related.sources), counted_text(relatedness));
  text += fmt::format("{} groups, Ncut {:.5f}{}:\n{}", groups.size(), related.cut.minimum.ncut,
                      what_is_proven(related.cut), listed(groups, skeleton));
  text += runner_up_text(related.cut, skeleton);
  if (related.stability) text += "\n" + stability_text(*related.stability, groups, skeleton);
  return text + "\nMutual information, above the diagonal in nats, below it scaled to 0..1:\n" +
         matrix(relatedness).for_terminal();
}

}  // namespace pbn::data
