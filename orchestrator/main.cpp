// pbn, the orchestrator: plans, starts and reports trainings. It trains nothing itself and needs neither LibTorch nor
// MPI.
#include "base/error.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

std::vector<Command> all_commands() {
  std::vector<Command> commands{
      prepare_command(), inspect_command(), renew_command(),    groups_command(),  plan_command(),   try_command(),
      run_command(),     submit_command(),  work_command(),     test_command(),    report_command(), status_command(),
      explain_command(), logs_command(),    diff_command(),     retry_command(),   cancel_command(), export_command(),
      import_command(),  clean_command(),   evaluate_command(), convert_command(), predict_command()};
  commands.push_back(completion_command(commands));
  commands.push_back(manual_command(commands));
  return commands;
}

}  // namespace
}  // namespace pbn

int main(int argc, char** argv) {
  return pbn::run_and_report("pbn", [&] { return pbn::run_command_line(pbn::all_commands(), argc, argv); });
}
