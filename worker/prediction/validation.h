// Predictions for a whole set of people, divided over the ranks.
#pragma once

#include <functional>

#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "evaluation/predictions.h"
#include "model/network.h"
#include "worker/communication/communicator.h"

namespace pbn::worker {

// Predicts every person once, with the network's running statistics. `tasks`: the parts of its heat maps; predictions
// of the people's other parts are NaN. Every rank must call it and receives the predictions of all people, in pixels of
// the photographs, with the same bits for any number of ranks.
//
// One scale: the highest cell of each map, moved by a quarter of a cell with test.shift (at the border according to
// test.lineage_border). Several scales (Sec. 4.2): the highest pixel of their mean (scale_pyramid.h). With test.flip
// each map is first averaged with the map of the mirror image. All views of several people form one batch. `on_people`
// receives the number of people of this rank's share that were just predicted.
evaluation::Predictions predict(model::Network& network, const config::Skeleton& tasks, const data::PoseSet& people,
                                const config::TestProtocol& test, int loader_threads, const at::Device& device,
                                Communicator& ranks, const std::function<void(std::int64_t)>& on_people = {});

// Throws a usage error if the stored crops are too small for the test's largest scale.
void require_crops_for(const config::TestProtocol& test, const data::PoseSet& people);

}  // namespace pbn::worker
