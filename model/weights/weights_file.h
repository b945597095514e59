// Trained weights on disk: a safetensors file with parameters and BatchNorm statistics by name and, as metadata, the
// specification of the network and its skeleton. docs/examples/read_weights.py reads such a file in Python.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "model/network.h"
#include "model/weights/safetensors_header.h"

namespace pbn::model {

// A weights file's description of its network.
struct NetworkDescription {
  config::ModelSpec spec;
  config::Skeleton tasks;  // the part of each heat map: the data's skeleton without the parts that are not predicted
  int input_pixels = 0;    // side of the training images; 0: unknown
  std::array<double, 3> mean_rgb = config::mpii_mean_rgb;  // subtracted from pixels, 0 to 1
};

// Metadata: "format" ("pbn-weights"), "model" (the specification as JSON, groups as lists of part names), "skeleton"
// (its name), "parts" (JSON list of names in the order of the heat maps), if known "input_pixels" and, if it is
// not MPII's, "mean_rgb" (JSON list).
Metadata to_metadata(const NetworkDescription& network);

// Throws a data error that names the file unless it describes a network that can be built.
NetworkDescription read_weights_description(const std::filesystem::path& file);

// Atomic; equal weights give equal bytes. `tasks` and `input_pixels` as above; the mean is the network's.
void write_weights(const std::filesystem::path& file, const Network& network, const config::Skeleton& tasks,
                   int input_pixels = 0);

// Reads weights of any floating-point type (safetensors_header.h) into a network of the same specification. Ignores
// tensors that cannot be weights, for example integers. Throws a data error that names the file and the first tensor
// that is missing, unknown, of a wrong type or shape or not finite; the network is then unchanged.
void read_weights(const std::filesystem::path& file, Network& network);

// Names of parameters and running statistics.
struct WeightTransfer {
  std::vector<std::string> taken;   // copied from the file
  std::vector<std::string> fresh;   // of the network, with their initial values
  std::vector<std::string> unused;  // of the file
};

// Copies the weights of a network that may have another head, other groups or other stacks. Tensors of the head are
// copied only if heads and parts are the same; otherwise equal names would stand for different parts. Throws a data
// error that names the file when a tensor has another shape or is not finite, or when no tensor can be copied; the
// network is then unchanged.
WeightTransfer transfer_weights(const std::filesystem::path& file, Network& network, const config::Skeleton& tasks);

}  // namespace pbn::model
