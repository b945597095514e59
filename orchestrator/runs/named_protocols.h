// The names that pbn test --name has given to test protocols, for the whole store.
//
//   STORE/protocols.json   {"pyramid": {"scales": [0.8, 1.0, 1.2], "flip": true, "shift": false, ...}, ...}
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/run_config.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

std::map<std::string, config::TestProtocol> named_protocols(const RunStore& store);

// Throws a usage error if the name stands for another protocol.
void name_protocol(const config::TestProtocol& test, const RunStore& store);

}  // namespace pbn::runs
