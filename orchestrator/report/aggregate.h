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
#include "orchestrator/run_store.h"
#include "orchestrator/sweep.h"

namespace pbn {

// Throws a usage error when no result and no mean pose has the sweep's metric.
Json aggregate(const Sweep& sweep, const RunStore& store);

}  // namespace pbn
