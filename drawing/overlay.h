// Draws into the pixels of a photograph: found people (Figs. 6-8) and heat maps. The report's page draws people as SVG
// (drawing.h).
#pragma once

#include <span>
#include <vector>

#include "drawing/canvas.h"
#include "drawing/drawing.h"
#include "evaluation/coco_keypoints.h"

namespace pbn::drawing {

// Draws limbs and joints on a dark shadow, so that they stand out on any photograph; each half of a limb has the colour
// of the joint at its end. The opacity of a joint and its halves of limbs is the network's confidence, but at least
// 30%. The person's joints are in the order of `parts`. Line widths follow the person's box.
void draw_person(Canvas& canvas, const evaluation::FoundPerson& person, const config::Skeleton& parts,
                 const PartColours& colours);

// Draws a circle around one joint to mark it.
void draw_circle(Canvas& canvas, const evaluation::FoundPerson& person, int part, const std::string& colour);

// Tints a picture (P, P) by heat maps (K, S, S), each in its part's colour, with its height clipped to 0..1 as the
// opacity; S divides P. Each cell is drawn as a square of pixels.
data::Image tinted_by_heat_maps(data::Image picture, std::span<const float> maps, int side, const PartColours& colours);

}  // namespace pbn::drawing
