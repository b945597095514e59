// Work of pbn_worker for pbn outside of runs: it alone can evaluate networks and make heat maps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/part_groups.h"
#include "config/run_config.h"
#include "evaluation/coco_keypoints.h"
#include "orchestrator/executors/container.h"
#include "orchestrator/photographs/person_boxes.h"

namespace pbn::photographs {

struct CheckpointPrediction {
  std::string name;                             // of the checkpoint, for display
  config::Skeleton parts = config::mpii16();    // that the network predicts
  config::Groups groups;                        // of a pbn head; else empty
  std::vector<evaluation::FoundPerson> people;  // in the order of the request
};

// The weights.safetensors that `checkpoint` is, or that a run's folder holds. Throws a usage error without one.
std::filesystem::path weights_of(const std::filesystem::path& checkpoint);

// Runs `pbn_worker predict` on all people (worker/commands/commands.h), with `container` in one that sees the weights
// and the folders of the photographs, and waits. Files are exchanged in the folder `work`. input_pixels: 0 for those of
// the training. The worker prints its own errors; then an Error with the blame of its exit code is thrown.
CheckpointPrediction predict_people(const std::filesystem::path& checkpoint, const std::vector<Photograph>& photographs,
                                    const std::vector<PersonToFind>& people, const config::TestProtocol& test,
                                    int input_pixels, const std::filesystem::path& work,
                                    const std::optional<executors::Container>& container = {});

// Writes the network of a checkpoint to `file` as ONNX (`pbn_worker onnx`, which alone reads weights). Returns {"file",
// "parts": [NAME], "parameters", "input_pixels"}. Errors as above.
Json write_onnx(const std::filesystem::path& checkpoint, const std::filesystem::path& file);

// An SVG with the augmented views and target heat maps of these people (numbered from 0) in an epoch of a run with this
// seed. Throws an environment error when pbn_worker, which is installed beside pbn, is missing or fails.
std::string sheet_of_views(const std::filesystem::path& pose_file, const std::vector<std::int64_t>& people,
                           std::uint32_t seed, int epoch);

}  // namespace pbn::photographs
