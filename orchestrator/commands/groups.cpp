#include <fmt/format.h>

#include "base/error.h"
#include "data/groups/groups_report.h"
#include "drawing/group_figure.h"
#include "drawing/matrix_figure.h"
#include "drawing/picture_file.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/grid/group_file.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

void save(const Arguments& arguments, const Json& report, const std::string& figure, const std::string& matrix) {
  if (arguments.count("out")) write_group_file(text_of(arguments, "out"), report);
  if (arguments.count("figure")) write_picture(text_of(arguments, "figure"), figure);
  if (arguments.count("matrix")) write_picture(text_of(arguments, "matrix"), matrix);
}

// Groups that have a name: no file is needed.
int named(const Arguments& arguments) {
  const std::string name = text_of(arguments, "name");
  for (const char* option : {"FILE", "matrix", "groups"}) {
    if (arguments.count(option)) throw usage_error("groups", "", "--name {} and {} do not go together", name, option);
  }
  const Skeleton& skeleton = skeleton_named(text_of(arguments, "skeleton"));
  const Groups groups = resolve_groups(name, skeleton);
  const Json report = groups_report(name, groups, skeleton);
  save(arguments, report, group_picture(groups, skeleton, fmt::format("{} on {}", name, skeleton.name)), "");
  arguments.count("json") ? print_facts(report) : fmt::print("{}", listed(groups, skeleton));
  return 0;
}

int found(const Arguments& arguments) {
  const std::string file = text_of(arguments, "FILE");
  if (file.empty()) throw usage_error("groups", "see pbn groups --help", "FILE is missing");
  const int k = arguments.count("groups") ? arguments["groups"].as<int>() : 5;
  const RelatedParts related =
      find_related_parts(file, k, {arguments["bootstrap"].as<int>(), arguments["seed"].as<std::uint64_t>()});
  const Groups& groups = related.cut.minimum.groups;
  const Json report = groups_report(related);
  save(arguments, report,
       group_picture(groups, *related.relatedness.skeleton,
                     fmt::format("Ncut {:.4f}, {} people", related.cut.minimum.ncut, related.relatedness.people)),
       matrix_picture(related));
  arguments.count("json") ? print_facts(report) : fmt::print("{}", groups_text(related));
  return 0;
}

int groups(const Arguments& arguments) {
  for (const char* picture : {"figure", "matrix"}) {
    if (arguments.count(picture)) require_picture_name(text_of(arguments, picture));
  }
  return arguments.count("name") ? named(arguments) : found(arguments);
}

}  // namespace

Command groups_command() {
  Command command;
  command.name = "groups";
  command.summary = "find groups of related parts in annotated people";
  command.description =
      "Estimates the mutual information between the places of parts and prints the partition into K groups with the\n"
      "least normalised cut, and the runner-up (Sec. 3.1 of the paper), both exact. Then the people are drawn anew "
      "many\n"
      "times, and where the groups change with them the parts that are uncertain are named.\n"
      "With --name instead of FILE: what a grid's model.groups stands for, such as related-5, body-6, all, each or\n"
      "related-5+shoulders (each shoulder also in its arm's group, Fig. 5f).";
  command.positionals = {{"FILE", "a pose file, or Newell's valid.h5", false}};
  command.reads = {"FILE"};
  const auto file = [] { return po::value<std::string>()->value_name("FILE"); };
  command.options.add_options()("groups,k", po::value<int>()->value_name("K"), "how many groups (default: 5)")(
      "bootstrap", po::value<int>()->default_value(100)->value_name("N"),
      "how often the groups are found again in people drawn anew, to see how stable they are; 0: never")(
      "seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"), "seed of the --bootstrap draws")(
      "out", file(), "save the report as a group file, which grids can use: YAML if it ends in .yaml, else JSON")(
      "matrix", file(), "draw the mutual information of all pairs (Fig. 2a): .svg, .png or .pdf")(
      "figure", file(), "draw the groups on a body (Fig. 2b): .svg, .png or .pdf")(
      "name", po::value<std::string>()->value_name("NAME"), "print the groups that have this name")(
      "skeleton", po::value<std::string>()->default_value("mpii16")->value_name("NAME"),
      "the skeleton whose parts --name groups: mpii16 or lsp14");
  add_json_option(command.options);
  command.examples =
      "pbn groups data/mpii/valid.h5 -k 5 --matrix related.svg --figure groups.svg\n"
      "pbn groups data/lsp-train.h5 -k 8 --bootstrap 1000 --out groups-8.yaml\n"
      "pbn groups --name related-5+shoulders --skeleton lsp14";
  command.run = groups;
  return command;
}

}  // namespace pbn
