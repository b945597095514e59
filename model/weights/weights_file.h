// Trained weights on disk: parameters and BatchNorm statistics under their names, as safetensors, with the network's
// specification and the skeleton as metadata. docs/examples/read_weights.py reads them in Python.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "model/network.h"
#include "model/weights/safetensors_header.h"

namespace pbn {

// What a weights file says about its network: how it is built, and the part of each of its heat maps.
struct NetworkDescription {
  ModelSpec spec;
  Skeleton tasks;        // the skeleton of the data without the parts that are no tasks
  int input_pixels = 0;  // side of the images that it was trained on; 0: not known
};

// Metadata: "format" ("pbn-weights"), "model" (the specification as JSON, groups as lists of part names), "skeleton"
// (its name), "parts" (JSON list of names in the order of the heat maps) and, where it is known, "input_pixels".
Metadata to_metadata(const NetworkDescription& network);

// Throws a data error that names the file when it does not describe a network that can be built.
NetworkDescription read_weights_description(const std::filesystem::path& file);

// Written atomically; the same weights are the same bytes. `tasks` and `input_pixels` as above.
void write_weights(const std::filesystem::path& file, const Network& network, const Skeleton& tasks,
                   int input_pixels = 0);

// Into a network of the same specification; of any floating-point type (safetensors_header.h). What cannot be a weight,
// integers for example, is passed over. Throws a data error that names the file and the first tensor that is missing,
// not wanted, of another type or shape or not finite; the network is then unchanged.
void read_weights(const std::filesystem::path& file, Network& network);

// Tensors by name, parameters and running statistics alike.
struct TakenOver {
  std::vector<std::string> taken;
  std::vector<std::string> fresh;   // the network's that stay as they were initialised
  std::vector<std::string> unused;  // the file's that the network has no use for
};

// Starts from the weights of a network that may have another head, other groups or other stacks. The head's tensors are
// taken only when the heads and their parts are the same: equal names would otherwise mean other parts. Throws a data
// error that names the file and the first tensor of another shape or not finite, or when nothing can be taken over; the
// network is then unchanged.
TakenOver take_over_weights(const std::filesystem::path& file, Network& network, const Skeleton& tasks);

}  // namespace pbn
