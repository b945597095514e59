// The JSON Schemas of the files that people write, for editors and check-jsonschema.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/suggestion.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/grid/grid_schema.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::commands {
namespace {

const std::vector<std::string> kinds_of_files{"grid", "base", "profile"};

int print_schema(const Arguments& arguments) {
  const std::string kind = arguments.text("KIND");
  if (std::ranges::find(kinds_of_files, kind) == kinds_of_files.end())
    throw usage_error("schema", suggestion(kind, kinds_of_files), "there is no schema of \"{}\"", kind);
  const Json schema = kind == "grid"   ? grid::grid_schema()
                      : kind == "base" ? grid::base_schema()
                                       : slurm::profile_schema();
  fmt::print("{}\n", schema.dump(1));
  return 0;
}

}  // namespace

Command schema_command() {
  return {
      .name = "schema",
      .summary = "print what grids and profiles take, for editors",
      .description =
          R"(Prints a JSON Schema (draft 7): the entries of a file with their types, ranges, default values and help.
Editors with yaml-language-server complete and check a file whose first line names its schema, as in the second
example; check-jsonschema checks files where pbn is not installed. pbn itself checks more: what depends on several
entries, on data or on other files.)",
      .positionals = {{.name = "KIND", .help = "grid, base or profile", .choices = kinds_of_files}},
      .examples = R"(pbn schema profile > profile.schema.json
sed -i '1i # yaml-language-server: $schema=profile.schema.json' my-cluster.yaml
check-jsonschema --schemafile profile.schema.json my-cluster.yaml)",
      .run = print_schema};
}

}  // namespace pbn::commands
