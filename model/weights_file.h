// Trained weights on disk: parameters and BatchNorm statistics under their names, as safetensors, with the network's
// specification and the skeleton as metadata.
#pragma once

#include <filesystem>

#include "config/skeleton.h"
#include "model/network.h"

namespace pbn {

// Metadata: "format" ("pbn-weights"), "model" (the specification as JSON, groups as lists of part names), "skeleton"
// and "parts" (JSON list of names in the order of the heat maps). Written atomically; the same weights are the same
// bytes. `skeleton` must have the network's number of parts.
void write_weights(const std::filesystem::path& file, const Network& network, const Skeleton& skeleton);

// Into a network of the same specification. Throws a data error that names the file and the first tensor that is
// missing, not wanted or of another shape; the network is then unchanged.
void read_weights(const std::filesystem::path& file, Network& network);

}  // namespace pbn
