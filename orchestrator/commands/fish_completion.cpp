#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/commands/completion_scripts.h"

namespace pbn::commands {
namespace {

std::string fish_quoted(const std::string& text) {
  std::string word = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') word += '\\';
    word += letter;
  }
  return word + "'";
}

// After -l NAME: "N" completes nothing, "raw|jpeg" these words, all other values files.
std::string fish_value(std::string value) {
  if (value.empty()) return "";
  if (value == "N") return " -x";
  if (value.find('|') == std::string::npos) return " -r";
  std::replace(value.begin(), value.end(), '|', ' ');
  return " -x -a " + fish_quoted(value);
}

std::string fish_lines(const Command& command) {
  std::string lines =
      fmt::format("complete -c pbn -n __pbn_begins -f -a {} -d {}\n", command.name, fish_quoted(command.summary));
  for (const Option& option : joined({command.options, common_options()})) {
    const auto comma = option.name.find(',');
    const std::string letter = comma == std::string::npos ? "" : " -s " + option.name.substr(comma + 1);
    lines += fmt::format("complete -c pbn -n '__pbn_is {}' -l {}{}{} -d {}\n", command.name,
                         option.name.substr(0, comma), letter, fish_value(option.value), fish_quoted(option.help));
  }
  if (command.positionals.empty()) return lines;
  const Positional& first = command.positionals[0];
  if (!first.choices.empty()) {
    lines += fmt::format("complete -c pbn -n '__pbn_is {} alone' -f -a {}\n", command.name,
                         fish_quoted(fmt::format("{}", fmt::join(first.choices, " "))));
  }
  if (first.takes_sweeps) lines += fmt::format("complete -c pbn -n '__pbn_is {}' -a '(__pbn_sweeps)'\n", command.name);
  return lines;
}

}  // namespace

std::string fish_completion(const std::vector<Command>& commands) {
  std::string lines;
  for (const Command& command : commands) lines += fish_lines(command);
  return R"fish(# fish completion for pbn: pbn completion fish | source
function __pbn_begins
    test (count (commandline -opc)) -eq 1
end
function __pbn_is -a command alone
    set -l words (commandline -opc)
    set -q words[2]; and test $words[2] = $command; or return 1
    test -z "$alone"; or test (count $words) -eq 2
end
function __pbn_sweeps
    set -l words (commandline -opc)
    set -l store .
    if set -l place (contains -i -- --store $words)
        set -q words[(math $place + 1)]; and set store $words[(math $place + 1)]
    end
    for record in $store/sweeps/*/cells.jsonl
        set -l name (string replace -r '.*/([^/]*)/cells.jsonl$' '$1' $record)
        echo $name
        string replace -r -- '-[^-]*$' '' $name
    end | sort -u
end
)fish" + lines;
}

}  // namespace pbn::commands
