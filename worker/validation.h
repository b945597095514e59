// Prediction of a whole set, divided over the ranks, every person exactly once.
#pragma once

#include "config/run_config.h"
#include "data/batch_loader.h"
#include "evaluation/predictions.h"
#include "model/network.h"
#include "worker/communicator.h"

namespace pbn {

// With the network's running statistics. Every rank must call it; every rank gets the predictions of all people, in
// pixels of the photographs, with the same bits for any number of ranks.
Predictions predict(Network& network, const PoseSet& people, const Testing& test, int loader_threads,
                    const at::Device& device, Communicator& ranks);

}  // namespace pbn
