// What all commands that show a trained network something have in common: --scales, --flip, --no-shift,
// --lineage-border.
#pragma once

#include "config/run_config.h"
#include "orchestrator/commands/command_line.h"

namespace pbn {

void add_test_options(OptionsDescription& options);

// Checked as in a configuration. Throws usage errors.
Testing test_of(const Arguments& arguments);

}  // namespace pbn
