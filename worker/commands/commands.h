// What pbn_worker does: one function for each of its commands. Each returns the exit code and throws Errors; every rank
// calls it, but for show_views().
#pragma once

#include <filesystem>

#include "worker/commands/worker_options.h"
#include "worker/communication/ranks.h"
#include "worker/watchdog/start_up_watch.h"

namespace pbn {

// `pbn_worker --run DIR`: trains a run to its end, from the newest checkpoint, and leaves result.json. The code is 0,
// also when the run was finished already, or 75 when it was asked to stop and saved itself. `start_up` watches until
// training does so itself.
int train_run(const WorkerOptions& options, const Ranks& ranks, StartUpWatch& start_up);

// `pbn_worker try`: trains `options.try_steps` steps on the run's own data and forgets them. Rank 0 prints one line of
// JSON: {"images_per_second", "peak_memory_mib" (of the rank that needed most), "parameters", "gflop_per_image",
// "ranks", "steps", "host", "device"}. The speed is that of the last step, which finds everything warm. Writes no file.
int try_run(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker test`: tests a finished run under another protocol (config/test_protocol.h), from its weights. Leaves in
// DIR/tests/PROTOCOL/: predictions.h5; result.json, written last, with the same two halves as the run's own;
// metrics.jsonl, about once a second {"kind": "progress", "people": so far, "of": all}. Under the protocol of training
// these are the run's own predictions to the last bit. Does nothing when that is done already. Throws a usage error for
// a run that is not finished.
int test_run(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker predict`: people in photographs, found by a trained network for `pbn predict`, which draws and writes.
// options.request is a JSON file:
//   {"weights": FILE,                                       weights.safetensors
//    "input_pixels": 256,                                   the network's input; 0: what it was trained with
//    "test": {"scales": [1.0], "flip": false, "shift": true, "lineage_border": false},
//    "people": [{"image": FILE, "turned_by": 1 to 8,        data/photographs/orientation.h; 1: as it is stored
//                "box": [CENTRE_X, CENTRE_Y, SIDE]}, ...],  pixels of the photograph, turned so
//    "answer": FILE}
// and the answer, written atomically, is
//   {"skeleton": "mpii16", "parts": [NAME], "groups": [[NAME]], "parameters", "input_pixels",
//    "people": [[[X, Y, CONFIDENCE] for each of the parts], ...]}       in the request's order
// Files are named as base/path_text.h writes them. A person is cut out, shown and decoded exactly as one of a prepared
// data set (validation.h). One rank works. Throws data errors that name the photograph or the weights.
int predict_request(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker show`: draws what a run sees in an epoch for `pbn inspect --augmented`; heat maps are made here only.
// `request` is JSON: {"file": a pose file, "people": [numbers from 0], "seed", "epoch", "answer": the SVG to make}. The
// views are those of the batch loader under the standard recipe, with the targets of model/heat_maps.h over them. One
// process, no MPI.
int show_views(const std::filesystem::path& request);

}  // namespace pbn
