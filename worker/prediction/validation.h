// Prediction of a whole set, divided over the ranks, every person exactly once.
#pragma once

#include <functional>

#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "evaluation/predictions.h"
#include "model/network.h"
#include "worker/communication/communicator.h"

namespace pbn {

// With the network's running statistics. `tasks`: the parts of its heat maps; the people's other parts are predicted at
// NaN. Every rank must call it; every rank gets the predictions of all people, in pixels of the photographs, with the
// same bits for any number of ranks.
//
// One scale: the highest cell of each map, with test.shift moved by a quarter of a cell (what happens at the border:
// test.lineage_border). Several scales (Sec. 4.2): the
// highest pixel of their mean (scale_pyramid.h). test.flip averages each map with that of the mirror image first. All
// views of several people are one batch. `on_people` is told how many people of this rank's share were predicted just
// now.
Predictions predict(Network& network, const Skeleton& tasks, const PoseSet& people, const Testing& test,
                    int loader_threads, const at::Device& device, Communicator& ranks,
                    const std::function<void(std::int64_t)>& on_people = {});

// Throws a usage error when the stored crops hold less than the test's largest scale shows.
void require_crops_for(const Testing& test, const PoseSet& people);

}  // namespace pbn
