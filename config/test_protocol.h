// Test protocols. The protocol is not in a run's identity: a run has one result for each protocol.
#pragma once

#include <string>

#include "base/json.h"
#include "config/run_config.h"

namespace pbn::config {

// The canonical form of a protocol. Scales are ascending and unique. With several scales there is no quarter shift,
// since their common frame is finer than a quarter of a heat map's cell (worker/prediction/scale_pyramid.h).
// lineage_border is false where it has no effect.
Testing canonical(Testing test);

// The name of the protocol's folder: "scale-1-shift", "scale-1-flip-shift", "scales-0.8-0.9-1-1.1-1.2-1.3-flip",
// "scale-1-shift-lineage-border".
std::string protocol_name(const Testing& test);

// {"scales": [1.0], "flip": false, "shift": true, "lineage_border": false}, as in a configuration's "test" section.
// lineage_border may be missing, as in files of earlier versions.
Json to_json(const Testing& test);
Testing testing(const Json& test);

}  // namespace pbn::config
