#include "orchestrator/commands/bash_completion.h"

#include <fmt/format.h>

#include <algorithm>

namespace pbn {
namespace {

std::string option_names(const Command& command) {
  std::string names;
  const OptionsDescription common = options_of_every_command();
  for (const auto* options : {&command.options, &common}) {
    for (const auto& option : options->options()) names += (names.empty() ? "--" : " --") + option->long_name();
  }
  return names;
}

// "raw|jpeg" as "raw jpeg"; empty for other values.
std::string words_of(const boost::program_options::option_description& option) {
  std::string words = option.semantic()->max_tokens() > 0 ? option.semantic()->name() : "";
  if (const auto shown_default = words.find(" ("); shown_default != std::string::npos) words.resize(shown_default);
  if (words.find('|') == std::string::npos) return "";
  std::replace(words.begin(), words.end(), '|', ' ');
  return words;
}

}  // namespace

std::string bash_completion(const std::vector<Command>& commands) {
  std::string names, options, values, choices;
  for (const Command& command : commands) {
    names += command.name + " ";
    options += fmt::format("    {}) words='{}' ;;\n", command.name, option_names(command));
    if (!command.positionals.empty() && !command.positionals[0].choices.empty()) {
      choices +=
          fmt::format("    '{} 2') words='{}' ;;\n", command.name, fmt::join(command.positionals[0].choices, " "));
    }
    for (const auto& option : command.options.options()) {
      const std::string words = words_of(*option);
      if (words.empty()) continue;
      values += fmt::format("    '{} --{}') words='{}' ;;\n", command.name, option->long_name(), words);
    }
  }
  // Where nothing is offered bash falls back on files (-o default).
  return fmt::format(R"(# bash completion for pbn: source <(pbn completion)
_pbn() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '{}--help --version' -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  case "${{COMP_WORDS[1]}} $COMP_CWORD" in
{}  esac
  [ -n "$words" ] || [[ $word != -* ]] || case "${{COMP_WORDS[1]}}" in
{}  esac
  [ -z "$words" ] || COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _pbn pbn
)",
                     names, values, choices, options);
}

Command completion_command(const std::vector<Command>& commands) {
  Command command;
  command.name = "completion";
  command.summary = "print what makes bash complete pbn's commands and options";
  command.description = "To have it in every shell, write it where bash looks for completions.";
  command.examples =
      "source <(pbn completion)\n"
      "pbn completion > ~/.local/share/bash-completion/completions/pbn";
  command.run = [commands](const Arguments&) {
    fmt::print("{}", bash_completion(commands));
    return 0;
  };
  return command;
}

}  // namespace pbn
