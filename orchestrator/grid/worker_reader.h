// Reads what a grid says of an external worker (docs/external-worker.md): its entries `worker`, `result` and `run`.
#pragma once

#include "orchestrator/grid/grid.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {

// Each adds to `worker`, in any order. Throw usage errors with file:line:column.
void read_worker(const StrictYaml& yaml, const YamlEntry& entry, Worker& worker);
void read_result(const StrictYaml& yaml, const YamlEntry& entry, Worker& worker);
void read_resources(const StrictYaml& yaml, const YamlEntry& entry, Worker& worker);  // of `run`, nested or dotted

// What `worker` and `result` take (json_schema.h).
Json worker_schema();
Json result_schema();

}  // namespace pbn::grid
