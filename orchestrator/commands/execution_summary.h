// How commands that start workers end.
#pragma once

#include "base/json.h"
#include "orchestrator/executors/executor.h"

namespace pbn {

// The last lines of each failed run's log, on standard error.
void print_failures(const ExecutionSummary& summary);

// {"finished", "done_before", "cancelled", "failed": [{"run", "reason", "folder", "last_lines"}], "interrupted"}
Json to_json(const ExecutionSummary& summary);

// 0, 1 when runs failed, 75 when interrupted.
int exit_code_of(const ExecutionSummary& summary);

}  // namespace pbn
