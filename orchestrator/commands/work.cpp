#include "base/error.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/slurm/element.h"

namespace pbn::commands {
namespace {

int work(const Arguments& arguments) {
  const slurm::MostGiven most{arguments.number_or(0, "most-memory"), arguments.number_or(0, "most-time")};
  return slurm::work_on_element(arguments.text("LIST"), arguments.number("INDEX", 0), arguments.texts("LAUNCHER"),
                                most);
}

}  // namespace

Command work_command() {
  return {
      .name = "work",
      .summary = "run one element of a job array (called by batch scripts)",
      .description =
          R"(The batch scripts of pbn submit call this command. It trains the run in line INDEX (from 0) of LIST, or the
several runs that the line lists; the words after -- start a worker. On SIGUSR2, which Slurm sends some time
before the time limit, the runs save themselves and only this element is queued again, for those that are not
done; a failed run is queued again as often as the profile allows, once the others have ended. It must be
started in the working folder of pbn submit. Exit code: 0 when nothing is left to do, 75 when runs saved
themselves or have not begun, else that of the first worker that failed.)",
      .positionals = {{"LIST", "runs.jsonl of an array, in sweeps/<name>/slurm/"},
                      {"INDEX", "the element of the array, from 0"},
                      {"LAUNCHER", "the command that starts the ranks; without it the worker is one process", false,
                       true}},
      .options = {{"most-memory", "MIB", "memory on a node that a run gets at most, if it was killed for lack of it"},
                  {"most-time", "MINUTES", "time limit that a run gets at most, if it ran out of time"}},
      .examples =
          R"(pbn work sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl "$SLURM_ARRAY_TASK_ID" -- srun --mpi=pmix)",
      .run = work,
      .input_files = {"LIST"}};
}

}  // namespace pbn::commands
