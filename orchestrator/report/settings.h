// Which settings the cells of a sweep use.
#pragma once

#include "base/json.h"
#include "orchestrator/grid/sweep.h"

namespace pbn {

// {"model.depth": 1, ...}: those that its result depends on, without seed, data and groups, which a report shows in
// places of their own. Of an own worker: its "settings".
Json used_settings(const Cell& cell);

// [{"key", "value": as text}]: those that all cells use with the same value.
Json shared_settings(const Sweep& sweep);

// [{"key", "value"}]: those of one cell that are not `shared`.
Json own_settings(const Cell& cell, const Json& shared);

}  // namespace pbn
