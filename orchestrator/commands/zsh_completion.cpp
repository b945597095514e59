#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/commands/completion_scripts.h"

namespace pbn::commands {
namespace {

std::string zsh_quoted(const std::string& text) {
  std::string word;
  for (const char letter : text) word += letter == '\'' ? "'\\''" : std::string(1, letter);
  return "'" + word + "'";
}

// Within a specification, where brackets and colons divide.
std::string zsh_escaped(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    if (std::string("[]:\\").find(letter) != std::string::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

// What completes a value: "N" nothing, "raw|jpeg" these words, all others files.
std::string zsh_action(std::string value) {
  if (value == "N") return "";
  if (value.find('|') == std::string::npos) return "_files";
  std::replace(value.begin(), value.end(), '|', ' ');
  return "(" + value + ")";
}

// Specifications for _arguments: '--slots[help]:N:'
std::string zsh_arguments(const Command& command) {
  std::string specifications;
  const auto add = [&](const Option& option, const std::string& name) {
    std::string one = (option.is_repeatable ? "*" : "") + name + "[" + zsh_escaped(option.help) + "]";
    if (!option.value.empty()) one += ":" + zsh_escaped(option.value) + ":" + zsh_action(option.value);
    specifications += " " + zsh_quoted(one);
  };
  for (const Option& option : joined({command.options, common_options()})) {
    const auto comma = option.name.find(',');
    add(option, "--" + option.name.substr(0, comma));
    if (comma != std::string::npos) add(option, "-" + option.name.substr(comma + 1));
  }
  for (const Positional& positional : command.positionals) {
    const std::string action = !positional.choices.empty() ? fmt::format("({})", fmt::join(positional.choices, " "))
                               : positional.takes_sweeps   ? "_pbn_grids"
                                                           : "_files";
    specifications += fmt::format(
        " {}", zsh_quoted(fmt::format("{}:{}:{}", positional.is_repeatable ? "*" : "", positional.name, action)));
  }
  return specifications;
}

}  // namespace

std::string zsh_completion(const std::vector<Command>& commands) {
  std::string names, arguments;
  for (const Command& command : commands) {
    names += "    " + zsh_quoted(command.name + ":" + command.summary) + "\n";
    arguments += fmt::format("    ({}) _arguments{} ;;\n", command.name, zsh_arguments(command));
  }
  return fmt::format(R"zsh(#compdef pbn
# zsh completion for pbn: source <(pbn completion zsh), after compinit; or a file _pbn in a folder of $fpath
_pbn_grids() {{
  local store=.
  (( $words[(I)--store] )) && store=$words[$words[(I)--store]+1]
  local -a sweeps
  sweeps=(${{~store}}/sweeps/*/cells.jsonl(N:h:t))
  sweeps+=(${{sweeps%-*}})
  compadd -a sweeps
  _files
}}
_pbn() {{
  local curcontext=$curcontext command=$words[2]
  local -a commands
  commands=(
{})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _pbn ]; then
  _pbn "$@"
else
  compdef _pbn pbn
fi
)zsh",
                     names, arguments);
}

}  // namespace pbn::commands
