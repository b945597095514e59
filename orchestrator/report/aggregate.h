// All that a report says about a sweep, as one JSON value: tables, figures and the page are made from it alone.
//
//   {"name", "metric", "percent": true, "seeds": [1, 2], "seed_varies": "...", "columns": (columns.h),
//    "outcome": {                                  // the same bytes from the same results
//      "data": [{"role", "file", "dataset", "split", "source", "people", "box_pixels", "fingerprint"}],
//      "skeleton",                                 // null of an own worker, which has no floors and no data either
//      "settings": [{"key", "value"}],             // that all cells share
//      "floors": [{"label", "figures": {NAME: number}}],
//      "cells": [{"label", "cell", "baseline", "settings", "groups", "parameters", "gflop_per_image",
//                 "figures": {NAME: [one per seed, null where there is none]},  // the columns' and the paper's
//                 "spreads": {NAME: SPREAD},       // of the columns' figures
//                 "training_loss": SPREAD,         // of the last epoch
//                 "against": {...},                // the baseline (comparison.h, image_comparison.h)
//                 "runs": [{"seed", "run", "state", "reason"}]}],
//      "curves": [...],                            // of a few cells (curves.h)
//      "relatedness": {...},                       // of the parts in the training people (relatedness.h), or null
//      "paper": [...]},                            // the published numbers that ours stand beside (paper.h)
//    "measured": {                                 // how it went: other times on other days
//      "cells": [{"images_per_second": SPREAD, "seconds": SPREAD, "core_hours", "gpu_hours",
//                 "runs": [{"run", "host", "device", "ranks", "threads", "seconds", "attempts"}]}],
//      "machines": ["..."], "versions": [{"name", "values": [{"value", "runs"}]}], "warnings": ["..."]}}
//
// SPREAD: {"n", "mean", "deviation", "low", "high"}; low to high is the 95% t-interval as far as the figure can reach
// (0 to 100 of percentages), not there where n < 2, where the deviation is null. figures are in percent where "percent"
// is true; parameters and gflop_per_image are null where they are not known.
#pragma once

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// The figures are those of the test that the grid asks for (test.scales, test.flip, test.shift) or, when one is named,
// of this `protocol` (config/test_protocol.h). A run that was never tested so is one without a result. Throws a usage
// error when no result and no mean pose has the sweep's metric.
Json aggregate(const Sweep& sweep, const RunStore& store, const std::string& protocol = "");

}  // namespace pbn
