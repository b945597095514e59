// The pictures that pbn predict leaves: photographs with the people drawn in that a checkpoint found, or two side by
// side.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "data/photographs/image.h"
#include "orchestrator/photographs/disagreement.h"

namespace pbn {

// Limbs have the colours of the groups of parts. `people`: the numbers of those in this photograph. With `second`: what
// each checkpoint found, cut around the people, beside each other, with circles around the parts of `disagreements`:
// green where found and red where missed; yellow where nobody knows.
Image prediction_picture(const Image& photograph, const std::vector<std::size_t>& people,
                         const CheckpointPrediction& first, const std::optional<CheckpointPrediction>& second,
                         const std::vector<Disagreement>& disagreements);

// As PNG where its name ends so, else as JPEG.
void write_photograph(const std::filesystem::path& file, const Image& picture);

}  // namespace pbn
