// The manual page pbn(1), made from the text that --help prints.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/commands/command_line.h"

namespace pbn {

// In the language of man(7).
std::string manual_page(const std::vector<Command>& commands);

Command manual_command(const std::vector<Command>& commands);

}  // namespace pbn
