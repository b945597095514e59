// Test protocols. The protocol is not in a run's identity: a run has one result for each protocol.
#pragma once

#include <string>

#include "base/json.h"
#include "config/run_config.h"

namespace pbn::config {

// The canonical form of a protocol. Scales are ascending and unique. With several scales there is no quarter shift,
// since their common frame is finer than a quarter of a heat map's cell (worker/prediction/scale_pyramid.h).
// lineage_border is false where it has no effect.
TestProtocol canonical_protocol(TestProtocol test);

// What identifies the protocol, in results and as the name of its folder: "scale-1-shift", "scale-1-flip-shift",
// "scales-0.8-0.9-1-1.1-1.2-1.3-flip", "scale-1-shift-lineage-border".
std::string protocol_name(const TestProtocol& test);

// What people call it: the name that they gave it (test.name), else the above. Two protocols may be called the same in
// two grids, and one protocol otherwise in each; therefore nothing is stored under this name.
std::string protocol_title(const TestProtocol& test);

// Whether people may call a protocol so: empty, or letters, digits, and - _ . between them, without "scale" at the
// beginning, with which the other names begin.
bool is_protocol_name(const std::string& text);

// {"scales": [1.0], "flip": false, "shift": true, "lineage_border": false}, as in a configuration's "test" section.
// lineage_border may be missing, as in files of earlier versions; "name" is there only if one was given.
Json to_json(const TestProtocol& test);
TestProtocol test_protocol(const Json& test);

}  // namespace pbn::config
