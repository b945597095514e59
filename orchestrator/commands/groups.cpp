#include <fmt/format.h>

#include "base/error.h"
#include "data/groups/groups_report.h"
#include "data/pose_file/pose_file.h"
#include "drawing/group_figure.h"
#include "drawing/matrix_figure.h"
#include "drawing/picture_file.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/grid/group_file.h"

namespace pbn::commands {
namespace {

void write_files(const Arguments& arguments, const Json& report, const std::string& figure, const std::string& matrix) {
  if (arguments.has("out")) grid::write_group_file(arguments.text("out"), report);
  if (arguments.has("figure")) drawing::write_picture(arguments.text("figure"), figure);
  if (arguments.has("matrix")) drawing::write_picture(arguments.text("matrix"), matrix);
}

// A shipped skeleton by its name, or that of a pose file.
const config::Skeleton& skeleton_given(const std::string& text) {
  return text.ends_with(".h5") ? data::PoseFile(text).skeleton() : config::skeleton_named(text);
}

int show_named_groups(const Arguments& arguments) {
  const std::string name = arguments.text("name");
  for (const char* option : {"FILE", "matrix", "groups"}) {
    if (arguments.has(option)) throw usage_error("groups", "", "--name {} and {} do not go together", name, option);
  }
  const config::Skeleton& skeleton = skeleton_given(arguments.text("skeleton"));
  const config::Groups groups = config::resolve_groups(name, skeleton);
  const Json report = data::groups_report(name, groups, skeleton);
  write_files(arguments, report, drawing::group_picture(groups, skeleton, fmt::format("{} on {}", name, skeleton.name)),
              "");
  arguments.has("json") ? print_facts(report) : fmt::print("{}", data::listed(groups, skeleton));
  return 0;
}

int find_groups(const Arguments& arguments) {
  const std::vector<std::string> files = arguments.texts("FILE");
  if (files.empty()) throw usage_error("groups", "see pbn groups --help", "FILE is missing");
  const data::RelatedParts related =
      data::find_related_parts({files.begin(), files.end()}, arguments.number_or(5, "groups"),
                               {arguments.number<int>("bootstrap"), arguments.number<std::uint64_t>("seed")});
  const data::Partition& minimum = related.cut.minimum;
  const Json report = data::groups_report(related);
  write_files(arguments, report,
              drawing::group_picture(minimum.groups, *related.relatedness.skeleton,
                                     fmt::format("Ncut {:.4f}, {} people", minimum.ncut, related.relatedness.people)),
              drawing::matrix_picture(related));
  arguments.has("json") ? print_facts(report) : fmt::print("{}", data::groups_text(related));
  return 0;
}

int groups(const Arguments& arguments) {
  for (const char* picture : {"figure", "matrix"}) {
    if (arguments.has(picture)) drawing::require_picture_name(arguments.text(picture));
  }
  return arguments.has("name") ? show_named_groups(arguments) : find_groups(arguments);
}

}  // namespace

Command groups_command() {
  return {
      .name = "groups",
      .summary = "find groups of related parts in annotated people",
      .description =
          R"(Estimates the mutual information between the places of parts and prints the partition into K groups with the
least normalised cut, and the second best (Sec. 3.1 of the paper); both are exact up to 18 parts, and the best
of a local search above, with a bound that no partition is below. Then it resamples the people many times and
names the parts whose group changes. With --name instead of FILE it prints the groups that a name stands for in
a grid's model.groups, such as related-5, body-6, all, each or related-5+shoulders (each shoulder also in its
arm's group, Fig. 5f). body-K takes K groups of neighbours from the limbs of any skeleton.)",
      .positionals = {{"FILE", "pose files, or Newell's valid.h5; the people of several are taken together", false,
                       true}},
      .options = {{"groups,k", "K", "number of groups (default: 5)"},
                  {"bootstrap", "N", "number of resamples that show how stable the groups are; 0: none", "100"},
                  {"seed", "N", "seed of the --bootstrap resamples", "1"},
                  {"out", "FILE", "write a group file, which grids can use: YAML if its name ends in .yaml, else JSON"},
                  {"matrix", "FILE", "draw the mutual information of all pairs (Fig. 2a): .svg, .png or .pdf"},
                  {"figure", "FILE", "draw the groups on a body (Fig. 2b): .svg, .png or .pdf"},
                  {"name", "NAME", "print the groups that have this name"},
                  {"skeleton", "NAME",
                   "the skeleton whose parts --name groups: mpii16, lsp14, coco17, wholebody133 or a pose file",
                   "mpii16"},
                  json_option},
      .examples = R"(pbn groups data/mpii/valid.h5 -k 5 --matrix related.svg --figure groups.svg
pbn groups data/lsp-train.h5 -k 8 --bootstrap 1000 --out groups-8.yaml
pbn groups data/lsp-train.h5 data/lspet.h5 --bootstrap 0
pbn groups --name related-5+shoulders --skeleton lsp14
pbn groups --name body-4 --skeleton data/dogs.h5 --figure groups.svg)",
      .run = groups,
      .input_files = {"FILE"}};
}

}  // namespace pbn::commands
