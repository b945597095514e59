// Found people drawn into their photographs (Figs. 6-8), as pixels. The report's page draws its own, as SVG
// (drawing.h).
#pragma once

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

}  // namespace pbn
