// The network's input from a batch of the loader.
#pragma once

#include <ATen/core/Tensor.h>

#include "data/loading/batch_loader.h"
#include "model/network.h"

namespace pbn::worker {

// (B, P, P, 3) uint8: a view of the batch, which must outlive the tensor.
at::Tensor pixels_of(const data::Batch& batch);

// (B, 3, P, P) normalised, in the type of the network's activations.
at::Tensor network_input(const data::Batch& batch, const model::Network& network, const at::Device& device);

}  // namespace pbn::worker
