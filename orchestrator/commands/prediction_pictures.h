// The pictures that pbn predict writes: photographs with the people drawn in that one checkpoint found, or two.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "data/photographs/image.h"
#include "orchestrator/photographs/disagreement.h"

namespace pbn::commands {

// The photograph with `people` (indices in the predictions) drawn in, limbs in the colours of the groups of parts. With
// `second`: the predictions of both checkpoints side by side, cut around the people, with a circle around each part on
// which they disagree: green where found, red where missed, yellow where the truth is unknown.
data::Image prediction_picture(const data::Image& photograph, const std::vector<std::size_t>& people,
                               const photographs::CheckpointPrediction& first,
                               const std::optional<photographs::CheckpointPrediction>& second,
                               const std::vector<photographs::Disagreement>& disagreements);

// Writes a PNG if the name ends in .png, else a JPEG.
void write_photograph(const std::filesystem::path& file, const data::Image& picture);

}  // namespace pbn::commands
