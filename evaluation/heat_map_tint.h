// Heat maps over the picture that they belong to.
#pragma once

#include <span>

#include "data/photographs/image.h"
#include "evaluation/drawing.h"

namespace pbn {

// The picture (P, P) with maps (K, S, S) over it, each in its part's colour and as opaque as it is high; S divides P.
// Cells are drawn as the squares of pixels that they stand for. Heights below 0 count as 0, above 1 as 1.
Image tinted_by_heat_maps(Image picture, std::span<const float> maps, int side, const PartColours& colours);

}  // namespace pbn
