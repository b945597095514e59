// What the commands that start workers share: how many at a time and how often (--slots, --retries), how a network is
// tested (--scales, --flip, --no-shift, --lineage-border), and how the command ends.
#pragma once

#include "config/run_config.h"
#include "orchestrator/commands/command_line.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn {

// Values that are not allowed are usage errors; those of a test are checked as in a configuration.
void add_local_options(OptionsDescription& options);
LocalOptions local_options_of(const Arguments& arguments);
void add_test_options(OptionsDescription& options);
Testing test_of(const Arguments& arguments);

// The last lines of each failed run's log, on standard error.
void print_failures(const ExecutionSummary& summary);

// {"finished", "done_before", "cancelled", "failed": [{"run", "reason", "folder", "last_lines"}], "interrupted"}
Json to_json(const ExecutionSummary& summary);

// 0, 1 when runs failed, 75 when interrupted.
int exit_code_of(const ExecutionSummary& summary);

}  // namespace pbn
