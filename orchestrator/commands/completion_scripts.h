// The scripts that let shells complete commands, options, the words that an option or an argument takes, and the sweeps
// of the store. A sweep has two names: demo-f5c6d481, and demo.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/commands/command_line.h"

namespace pbn::commands {

std::string bash_completion(const std::vector<Command>& commands);
std::string zsh_completion(const std::vector<Command>& commands);
std::string fish_completion(const std::vector<Command>& commands);

}  // namespace pbn::commands
