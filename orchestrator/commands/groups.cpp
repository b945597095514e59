#include <fmt/format.h>

#include "data/related_groups.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

int groups(const Arguments& arguments) {
  const RelatedParts related = find_related_parts(arguments["FILE"].as<std::string>(), arguments["groups"].as<int>());
  if (arguments.count("out")) write_json(arguments["out"].as<std::string>(), groups_report(related));
  fmt::print("{}", arguments.count("json") ? groups_report(related).dump(1) + "\n" : groups_text(related));
  return 0;
}

}  // namespace

Command groups_command() {
  Command command;
  command.name = "groups";
  command.summary = "find groups of related parts in annotated people";
  command.description =
      "Estimates the mutual information between the places of parts and prints the partition into K groups with the\n"
      "least normalised cut, and the runner-up (Sec. 3.1 of the paper).";
  command.positionals = {{"FILE", "a pose file, or Newell's valid.h5"}};
  command.options.add_options()("groups,k", po::value<int>()->default_value(5)->value_name("K"), "how many groups")(
      "out", po::value<std::string>()->value_name("FILE"), "also save the report as JSON; grids can use it")(
      "json", "print the report as JSON");
  command.examples = "pbn groups data/lsp-train.h5 -k 5\npbn groups data/lsp-train.h5 -k 8 --out groups-8.json";
  command.run = groups;
  return command;
}

}  // namespace pbn
