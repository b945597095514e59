// Part groups: explicit ones (config/part_groups.h) and group files (orchestrator/grid/group_file.h).
#include "config/part_groups.h"
#include "fuzz/target.h"
#include "orchestrator/grid/group_file.h"

void pbn::fuzz(std::string_view bytes) {
  const Json lists = Json::parse(bytes, nullptr, false);
  if (!lists.is_discarded()) {
    for (const Skeleton* skeleton : {&mpii16(), &lsp14()}) {
      read_or_refuse(Blame::usage, "model.groups", [&] { resolve_groups(lists, *skeleton); });
      groups_without(lists, skeleton->parts);
    }
  }
  for (const int k : {2, 5}) {
    read_or_refuse(Blame::data, "a.yaml", [&] { parse_group_file(std::string(bytes), "a.yaml", k, mpii16()); });
  }
}
