// The commands of pbn, each in a file of its name.
#pragma once

#include "orchestrator/commands/command_line.h"

namespace pbn::commands {

Command prepare_command();
Command groups_command();
Command inspect_command();
Command plan_command();
Command try_command();
Command run_command();
Command submit_command();
Command work_command();
Command contain_command();
Command test_command();
Command report_command();
Command status_command();
Command explain_command();
Command logs_command();
Command diff_command();
Command retry_command();
Command cancel_command();
Command export_command();
Command import_command();
Command clean_command();
Command evaluate_command();
Command convert_command();
Command renew_command();
Command predict_command();
Command schema_command();

// Their output is made from all other commands.
Command completion_command(std::vector<Command> commands);
Command manual_command(const std::vector<Command>& commands);

}  // namespace pbn::commands
