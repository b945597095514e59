// All that a report says about a sweep, as one JSON value: tables, figures and the page are made from it alone.
//
//   {"name", "metric", "seeds": [1, 2], "occlusion": true,
//    "outcome": {                            // deterministic
//      "data": [{"role", "file", "dataset", "split", "source", "people", "box_pixels", "fingerprint"}],
//      "skeleton", "floors": [{"label", "figures": {NAME: percent}}],
//      "cells": [{"label", "cell", "baseline", "settings", "groups", "parameters", "gflop_per_image",
//                 "figures": {NAME: {"n", "mean", "deviation"}}, "training_loss": {"n", ...},
//                 "runs": [{"seed", "run", "state", "reason", "figures": {NAME: percent}}]}]},
//    "measured": {"cells": [{"images_per_second": {"n", ...}, "seconds": {"n", ...}}], "machines": ["..."],
//                 "versions": ["..."]}}
#pragma once

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// The figures are those of the test that the grid asks for (test.scales, test.flip, test.shift) or, when one is named,
// of this `protocol` (config/test_protocol.h). A run that was never tested so is one without a result. Throws a usage
// error when no result and no mean pose has the sweep's metric.
Json aggregate(const Sweep& sweep, const RunStore& store, const std::string& protocol = "");

// The protocol under which the grid wants a cell's runs tested.
std::string protocol_of(const Cell& cell);

}  // namespace pbn
