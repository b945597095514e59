// How many runs at a time on this machine, and how often one that failed is tried again.
#pragma once

#include "orchestrator/commands/command_line.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn {

void add_local_options(OptionsDescription& options);  // --slots, --retries

// Throws usage errors.
LocalOptions local_options_of(const Arguments& arguments);

}  // namespace pbn
