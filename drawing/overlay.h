// What is drawn into the pixels of a photograph: found people (Figs. 6-8), and heat maps. The report's page draws its
// own people, as SVG (drawing.h).
#pragma once

#include <span>
#include <vector>

#include "drawing/canvas.h"
#include "drawing/drawing.h"
#include "evaluation/coco_keypoints.h"

namespace pbn {

// Limbs and joints, on a dark shadow so that they are seen on any photograph; half of a limb has the colour of the
// joint at its end. A joint and its halves of limbs are as opaque as the network is confident, from 30% up. `parts` and
// the colours are those that the person's joints are of. Line widths follow the person's box.
void draw_person(Canvas& canvas, const FoundPerson& person, const Skeleton& parts, const PartColours& colours);

// A circle around one joint, that says something about it.
void draw_circle(Canvas& canvas, const FoundPerson& person, int part, const std::string& colour);

// The picture (P, P) with maps (K, S, S) over it, each in its part's colour and as opaque as it is high; S divides P.
// Cells are drawn as the squares of pixels that they stand for. Heights below 0 count as 0, above 1 as 1.
Image tinted_by_heat_maps(Image picture, std::span<const float> maps, int side, const PartColours& colours);

}  // namespace pbn
