// People in photographs, found by a trained network: the network's part of `pbn predict`, which draws and writes.
#pragma once

#include "worker/communication/ranks.h"
#include "worker/worker_options.h"

namespace pbn {

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
// data set (validation.h). One rank works. Throws data errors that name the photograph or the weights. The exit code.
int predict_request(const WorkerOptions& options, const Ranks& ranks);

}  // namespace pbn
