// People in photographs, found by a trained network, which pbn_worker holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/part_groups.h"
#include "config/run_config.h"
#include "evaluation/coco_keypoints.h"
#include "orchestrator/photographs/person_boxes.h"

namespace pbn {

// What one checkpoint finds.
struct CheckpointPrediction {
  std::string name;                 // of the checkpoint, for people
  Skeleton parts = mpii16();        // what the network finds
  Groups groups;                    // of a pbn head; else empty
  std::vector<FoundPerson> people;  // as they were asked for
};

// weights.safetensors, or a run's folder that holds one. Throws a usage error where there is none.
std::filesystem::path weights_of(const std::filesystem::path& checkpoint);

// Starts pbn_worker on all of them (worker/commands/commands.h) and waits. `work` is a folder for the files that
// they exchange. input_pixels as there. The worker's errors are on standard error; then an Error with its exit code's
// blame is thrown.
CheckpointPrediction predict_people(const std::filesystem::path& checkpoint, const std::vector<Photograph>& photographs,
                                    const std::vector<PersonToFind>& people, const Testing& test, int input_pixels,
                                    const std::filesystem::path& work);

}  // namespace pbn
