// Trained weights on disk: parameters and BatchNorm statistics under their names, as safetensors, with the network's
// specification and the skeleton as metadata, so that the file alone says how to build the network that it fits.
#pragma once

#include <filesystem>

#include "config/skeleton.h"
#include "model/network.h"

namespace pbn {

void write_weights(const std::filesystem::path& file, const Network& network, const Skeleton& skeleton);

// What a weights file says about itself.
struct WeightsDescription {
  ModelSpec spec;
  std::string skeleton;
};
WeightsDescription read_weights_description(const std::filesystem::path& file);

// Into a network of the same specification. Throws a data error that names the first tensor that is missing, not
// wanted or of another shape.
void read_weights(const std::filesystem::path& file, Network& network);

}  // namespace pbn
