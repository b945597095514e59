// pbn, the orchestrator: plans, starts and reports trainings. It trains nothing itself and needs neither LibTorch nor
// MPI.
#include "base/error.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

std::vector<commands::Command> all_commands() {
  std::vector<commands::Command> commands{
      commands::prepare_command(),  commands::inspect_command(), commands::renew_command(),
      commands::groups_command(),   commands::plan_command(),    commands::try_command(),
      commands::run_command(),      commands::submit_command(),  commands::work_command(),
      commands::contain_command(),  commands::test_command(),    commands::report_command(),
      commands::status_command(),   commands::explain_command(), commands::logs_command(),
      commands::diff_command(),     commands::retry_command(),   commands::cancel_command(),
      commands::export_command(),   commands::import_command(),  commands::clean_command(),
      commands::evaluate_command(), commands::convert_command(), commands::predict_command(),
      commands::schema_command()};
  commands.push_back(commands::completion_command(commands));
  commands.push_back(commands::manual_command(commands));
  return commands;
}

}  // namespace
}  // namespace pbn

int main(int argc, char** argv) {
  return pbn::run_and_report("pbn", [&] { return pbn::commands::run_command_line(pbn::all_commands(), argc, argv); });
}
