// base/json.h: any text as JSON. The canonical form of what was read must read as the same value.
#include "base/json.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  read_or_refuse(Blame::data, "a.json", [&] {
    const Json value = parse_json(bytes, "a.json");
    if (parse_json(canonical(value), "again") != value) std::abort();
  });
}
