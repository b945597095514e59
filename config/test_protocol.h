// How a trained network is tested. This is no part of a run's identity: a run holds one result for each protocol.
#pragma once

#include <string>

#include "base/json.h"
#include "config/run_config.h"

namespace pbn {

// The same test in its one form: scales ascending and once each; no quarter shift where several scales are averaged,
// because their common frame is finer than a quarter of a heat map's cell (worker/prediction/scale_pyramid.h); and no
// word about the border where nothing happens there.
Testing canonical(Testing test);

// What the protocol's folder is called: "scale-1-shift", "scale-1-flip-shift", "scales-0.8-0.9-1-1.1-1.2-1.3-flip",
// "scale-1-shift-lineage-border".
std::string protocol_name(const Testing& test);

// {"scales": [1.0], "flip": false, "shift": true, "lineage_border": false}, as in a configuration's "test" section. The
// last one may be missing: earlier versions did not have it.
Json to_json(const Testing& test);
Testing testing(const Json& test);

}  // namespace pbn
