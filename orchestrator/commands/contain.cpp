#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/process.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/executors/container.h"

namespace pbn::commands {
namespace {

// A container of an earlier attempt at the run, whose runtime was killed. podman has --replace for that.
void remove_outlived(const executors::Container& container, const executors::ContainerHost& host) {
  const std::string name = executors::container_name(container, host);
  if (name.empty() || container.runtime != executors::ContainerRuntime::docker) return;
  ProcessOptions removal;
  removal.command = {"docker", "rm", "--force", name};
  removal.output = "/dev/null";
  Process(removal).wait();
}

executors::Container container_named(const std::string& given) {
  return given.starts_with("{") ? executors::parse_container(given, "CONTAINER")
                                : executors::read_container_file(given);
}

int contain(const Arguments& arguments) {
  const executors::Container container = container_named(arguments.text("CONTAINER"));
  const auto host = executors::ContainerHost::here();
  std::vector<std::string> words = executors::container_command(container, arguments.texts("COMMAND"), host);
  const auto runtime = find_program(words.front());
  if (runtime.empty()) {
    throw environment_error(words.front(), "load the module that has it, or give another runtime",
                            "is not in PATH, but the container needs it");
  }
  remove_outlived(container, host);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execv(runtime.c_str(), pointers.data());
  throw environment_error(runtime.string(), "", "cannot start: {}", std::strerror(errno));
}

}  // namespace

Command contain_command() {
  return {.name = "contain",
          .summary = "run a command in a container as workers are run (called by launchers)",
          .description =
              R"(Becomes the command of apptainer, podman, docker or enroot that runs COMMAND in the container. pbn run,
try, test and predict with --container, and profiles with `container`, call it once per rank; by hand it shows
whether a container works. The container sees the working folder and, within a run, the store and the files that
the run's settings name, under the same paths; MPI, GPUs and signals are passed through. docs/containers.md is the
manual.)",
          .positionals = {{"CONTAINER", "a YAML file with image, runtime, options, ..., or such a text in braces"},
                          {"COMMAND", "the command and its words, after --", true, true}},
          .examples =
              "pbn contain my-container.yaml -- pbn_worker self-test\n"
              "pbn contain '{image: ubuntu, runtime: podman}' -- ls -l",
          .run = contain};
}

}  // namespace pbn::commands
