// The commands of pbn_worker. Each function returns the exit code and throws Errors; every rank calls it, except
// show_views() and write_onnx_file().
#pragma once

#include <filesystem>

#include "worker/commands/worker_options.h"
#include "worker/communication/ranks.h"
#include "worker/watchdog/start_up_watch.h"

namespace pbn::worker {

// `pbn_worker --run DIR`: trains a run to its end, from the newest checkpoint, and writes result.json. Returns 0, also
// if the run is already finished, or 75 after a stop request for which it saved a checkpoint. `start_up` watches the
// ranks until training has a watchdog of its own.
int train_run(const WorkerOptions& options, const Ranks& ranks, StartUpWatch& start_up);

// `pbn_worker try`: trains `options.try_steps` steps on the run's data and discards them. The first ones, one on a
// processor and four on a GPU, but never all, are a warm-up. Rank 0 prints one line of JSON, with the slowest rank's
// times and the largest memory:
//   {"images_per_second": the global batch over "seconds_per_step",
//    "seconds_per_step": the median after the warm-up, without loading, when the device has finished,
//    "measured_steps": their number,
//    "seconds_waiting_for_data": mean of those steps; training waits as long where it is more than 0,
//    "peak_memory_mib", "parameters", "gflop_per_image", "ranks", "steps": with the warm-up, "host", "device"}
// Writes no file.
int try_run(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker test`: tests the weights of a finished run under another protocol (config/test_protocol.h). Writes in
// DIR/tests/PROTOCOL/: predictions.h5; result.json, written last, with an outcome and a measured half like the run's;
// metrics.jsonl, about once a second {"kind": "progress", "people": so far, "of": all}. Under the protocol of training
// the predictions have the same bits as the run's. Does nothing if the test has already been done. Throws a usage error
// if the run is not finished.
int test_run(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker predict`: predicts the joints of people in photographs for `pbn predict`. options.request is a JSON file:
//   {"weights": FILE,                                       weights.safetensors
//    "input_pixels": 256,                                   side of the network's input; 0: as in training
//    "test": {"scales": [1.0], "flip": false, "shift": true, "lineage_border": false},
//    "people": [{"image": FILE, "turned_by": 1 to 8,        data/photographs/orientation.h; 1: not turned
//                "box": [CENTRE_X, CENTRE_Y, SIDE]}, ...],  pixels of the turned photograph
//    "answer": FILE}
// The answer, written atomically, is
//   {"skeleton": TEXT, "parts": [NAME], "groups": [[NAME]], "parameters", "input_pixels",
//    "people": [[[X, Y, CONFIDENCE] for each of the parts], ...]}       in the request's order
// File names are written as in base/path_text.h. People are cropped, predicted and decoded exactly like those of a
// prepared data set (validation.h). Works on one rank only. Throws data errors that name the photograph or the weights.
int predict_request(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker self-test`: compares the device's own kernels with LibTorch's and with float64, shape by shape
// (kernel_comparison.h), and prints a table or, with options.as_json, a list of objects: {"operation", "shape", "type",
// "worst", "own_error", "aten_error", "allowed", "own_seconds", "aten_seconds", "right"}. Returns 65 if a kernel is
// wrong. Works on one rank only, writes no file. Throws an environment error if the device has no own kernels.
int self_test(const WorkerOptions& options, const Ranks& ranks);

// `pbn_worker show`: draws the augmented views of an epoch for `pbn inspect --augmented`, which has no heat maps of its
// own. `request` is a JSON file: {"file": a pose file, "people": [numbers from 0], "seed", "epoch", "answer": the SVG
// to write}. The views are those of the batch loader with default settings, under the targets of model/heat_maps.h. One
// process, without MPI.
int show_views(const std::filesystem::path& request);

// `pbn_worker onnx`: writes a network as an ONNX file (model/onnx/onnx_network.h) for `pbn convert --onnx`. `request`
// is a JSON file: {"weights": weights.safetensors, "onnx": the file to write, "answer"}. The answer is {"file",
// "parts": [NAME], "parameters", "input_pixels": 0 where the weights do not state them}. One process, without MPI.
// Throws data errors that name the weights.
int write_onnx_file(const std::filesystem::path& request);

}  // namespace pbn::worker
