// What the commands that start workers share: options for the number of runs at a time and of retries, options of a
// test, and how the command reports failures.
#pragma once

#include "config/run_config.h"
#include "orchestrator/commands/command_line.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn::commands {

inline const Option container_option{
    "container", "FILE",
    "run the workers in containers that this YAML file describes: {image: pbn.sif, runtime: apptainer} "
    "(docs/containers.md)"};
std::optional<executors::Container> container_of(const Arguments& arguments);

Options execution_options();  // --slots, --retries, --container
executors::LocalOptions local_options_of(const Arguments& arguments);

Options test_options();  // --scales, --flip, --no-shift, --lineage-border
bool has_test_options(const Arguments& arguments);
config::TestProtocol test_protocol_of(
    const Arguments& arguments);  // throws usage errors for values that a configuration refuses

// Prints the last lines of each failed run's log on standard error.
void print_failures(const executors::ExecutionSummary& summary);

// {"finished", "done_before", "cancelled", "failed": [{"run", "reason", "folder", "last_lines"}], "interrupted"}
Json to_json(const executors::ExecutionSummary& summary);

// 0, 1 when runs failed, 75 when interrupted.
int exit_code_of(const executors::ExecutionSummary& summary);

}  // namespace pbn::commands
