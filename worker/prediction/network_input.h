// A batch of the loader as the network takes it.
#pragma once

#include <ATen/core/Tensor.h>

#include "data/loading/batch_loader.h"
#include "model/network.h"

namespace pbn {

// (B, P, P, 3) uint8: a view of the batch, which must outlive it.
at::Tensor pixels_of(const Batch& batch);

// Normalised, in the type of the network's activations.
at::Tensor network_input(const Batch& batch, const Network& network, const at::Device& device);
at::Tensor network_input(const at::Tensor& pixels, const Network& network);

}  // namespace pbn
