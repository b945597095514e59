#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/commands/completion_scripts.h"

namespace pbn::commands {
namespace {

std::string option_names(const Command& command) {
  std::vector<std::string> names;
  for (const Option& option : joined({command.options, common_options()})) {
    names.push_back("--" + option.name.substr(0, option.name.find(',')));
  }
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

std::string bash_completion(const std::vector<Command>& commands) {
  std::string names, options, values, choices;
  std::vector<std::string> on_sweeps;  // commands
  for (const Command& command : commands) {
    names += command.name + " ";
    options += fmt::format("    {}) words='{}' ;;\n", command.name, option_names(command));
    if (!command.positionals.empty() && !command.positionals[0].choices.empty()) {
      choices +=
          fmt::format("    '{} 2') words='{}' ;;\n", command.name, fmt::join(command.positionals[0].choices, " "));
    }
    if (!command.positionals.empty() && command.positionals[0].takes_sweeps) on_sweeps.push_back(command.name);
    for (const Option& option : command.options) {
      std::string words = option.value;
      if (words.find('|') == std::string::npos) continue;
      std::replace(words.begin(), words.end(), '|', ' ');
      values += fmt::format("    '{} --{}') words='{}' ;;\n", command.name, option.name, words);
    }
  }
  // Where no words are offered, bash completes file names (-o default).
  return fmt::format(R"bash(# bash completion for pbn: source <(pbn completion)
_pbn_sweeps() {{
  local store=. i record name
  for ((i = 2; i < ${{#COMP_WORDS[@]}}; i++)); do
    [ "${{COMP_WORDS[i]}}" = --store ] || continue
    store=${{COMP_WORDS[i+1]}}
    [ "$store" != = ] || store=${{COMP_WORDS[i+2]}}
  done
  for record in "${{store/#\~/$HOME}}"/sweeps/*/cells.jsonl; do
    [ -e "$record" ] || continue
    name=${{record%/cells.jsonl}}
    name=${{name##*/}}
    echo "$name"
    echo "${{name%-*}}"
  done | sort -u
}}
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
  case "${{COMP_WORDS[1]}}" in {}) ;; *) return ;; esac
  [[ -z "$words" && "${{COMP_WORDS[COMP_CWORD-1]}}" != --* ]] || return
  mapfile -t COMPREPLY < <(compgen -W "$(_pbn_sweeps)" -- "$word")
  [ "${{#COMPREPLY[@]}}" = 0 ] || mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$word")
}}
complete -o default -F _pbn pbn
)bash",
                     names, values, choices, options, fmt::join(on_sweeps, "|"));
}

}  // namespace pbn::commands
