#include <charconv>

#include "base/error.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/slurm/element.h"

namespace pbn {
namespace {

int work(const Arguments& arguments) {
  const std::string text = arguments["INDEX"].as<std::string>();
  int index = -1;
  const char* const end = text.data() + text.size();
  if (const auto [stop, error] = std::from_chars(text.data(), end, index);
      error != std::errc() || stop != end || index < 0) {
    throw usage_error("INDEX", "in a batch script \"$SLURM_ARRAY_TASK_ID\"", "\"{}\" is not a number", text);
  }
  std::vector<std::string> launcher;
  if (arguments.count("LAUNCHER")) launcher = arguments["LAUNCHER"].as<std::vector<std::string>>();
  return work_on_element(arguments["LIST"].as<std::string>(), index, launcher);
}

}  // namespace

Command work_command() {
  Command command;
  command.name = "work";
  command.summary = "carry out one element of a job array (batch scripts call it)";
  command.description =
      "What the scripts of pbn submit start: carries out the run in line INDEX (from 0) of LIST, with its worker "
      "started\n"
      "by the words behind --. On SIGUSR2, which Slurm sends a while before the time limit, the run saves itself and\n"
      "this element alone is queued again; so is a run that failed, as often as the profile allows. The working "
      "folder\n"
      "must be the one that pbn submit was started in. Exit code: 0 when there is nothing left to do, 75 when the run\n"
      "saved itself, else the worker's.";
  command.positionals = {{"LIST", "runs.jsonl of an array, below sweeps/<name>/slurm/"},
                         {"INDEX", "the element, counted from 0"},
                         {"LAUNCHER", "what starts the ranks; none: one process", false, true}};
  command.reads = {"LIST"};
  command.examples =
      "pbn work sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl \"$SLURM_ARRAY_TASK_ID\" -- srun --mpi=pmix";
  command.run = work;
  return command;
}

}  // namespace pbn
