// orchestrator/grid/grid.h: a study's grid, strict YAML.
#include "orchestrator/grid/grid.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  read_or_refuse(Blame::usage, "a.yaml", [&] { grid::parse_grid(std::string(bytes), "a.yaml"); });
}
