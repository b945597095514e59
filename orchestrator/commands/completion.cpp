#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/suggestion.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/completion_scripts.h"

namespace pbn::commands {
namespace {

const std::vector<std::string> known_shells{"bash", "zsh", "fish"};

std::string completion_for(const std::string& shell, const std::vector<Command>& commands) {
  if (shell == "zsh") return zsh_completion(commands);
  if (shell == "fish") return fish_completion(commands);
  if (shell.empty() || shell == "bash") return bash_completion(commands);
  throw usage_error("completion", suggestion(shell, known_shells), "there is no script for the shell \"{}\"", shell);
}

}  // namespace

Command completion_command(std::vector<Command> commands) {
  Command command{
      .name = "completion",
      .summary = "print the script that lets a shell complete pbn's commands, options and sweeps",
      .description =
          "Prints a script for bash, zsh or fish. To use it in every shell, write it where the shell looks for\n"
          "completions.",
      .positionals = {{.name = "SHELL",
                       .help = "bash, zsh or fish (default: bash)",
                       .is_required = false,
                       .choices = known_shells}},
      .examples =
          "source <(pbn completion)\n"
          "pbn completion > ~/.local/share/bash-completion/completions/pbn\n"
          "pbn completion zsh > ~/.zfunc/_pbn     # a folder of $fpath\n"
          "pbn completion fish > ~/.config/fish/completions/pbn.fish",
      .run = {}};
  commands.push_back(command);
  command.run = [commands = std::move(commands)](const Arguments& arguments) {
    fmt::print("{}", completion_for(arguments.text("SHELL"), commands));
    return 0;
  };
  return command;
}

}  // namespace pbn::commands
