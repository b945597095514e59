// Part groups: explicit ones (config/part_groups.h) and group files (orchestrator/grid/group_file.h).
#include "config/part_groups.h"
#include "fuzz/target.h"
#include "orchestrator/grid/group_file.h"

void pbn::fuzz(std::string_view bytes) {
  const Json lists = Json::parse(bytes, nullptr, false);
  if (!lists.is_discarded()) {
    for (const config::Skeleton* skeleton : {&config::mpii16(), &config::lsp14()}) {
      read_or_refuse(Blame::usage, "model.groups", [&] { config::resolve_groups(lists, *skeleton); });
      config::groups_without(lists, skeleton->parts);
    }
  }
  for (const int k : {2, 5}) {
    read_or_refuse(Blame::data, "a.yaml",
                   [&] { grid::parse_group_file(std::string(bytes), "a.yaml", k, config::mpii16()); });
  }
}
