// What bash offers behind pbn when the tab key is pressed: commands, their options, the words that an option takes, and
// files everywhere else.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/commands/command_line.h"

namespace pbn {

// A script to be sourced. Values are offered where an option's value is named "a|b|c".
std::string bash_completion(const std::vector<Command>& commands);

Command completion_command(const std::vector<Command>& commands);

}  // namespace pbn
