// Poses drawn over photographs, as SVG on top of an embedded JPEG (Figs. 6-8).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "config/part_groups.h"
#include "config/skeleton.h"
#include "data/photographs/image.h"
#include "data/pose_file/pose_file.h"
#include "evaluation/predictions.h"

namespace pbn {

struct DrawnPose {
  std::vector<std::array<double, 2>> joints;  // (K) picture pixels
  std::vector<bool> labelled;                 // (K) the others are left out, and so are their limbs
  std::vector<Occlusion> occluded;            // (K) joints that are occluded are drawn as rings
};

// In crop pixels. A predicted joint is a ring where the annotation says occluded, and left out where it is not finite.
DrawnPose true_pose(const Person& person);
DrawnPose predicted_pose(const Predictions& predictions, std::int64_t index, const Person& person);

// One colour for each part, as "#d55e00", from the palette of Okabe and Ito, which colour-blind readers can tell apart.
using PartColours = std::vector<std::string>;
PartColours colours_by_side(const Skeleton& skeleton);  // right, left, middle
// A part of several groups has the first one's.
PartColours colours_by_group(const Skeleton& skeleton, const Groups& groups);
std::string group_colour(std::size_t group);  // eight, used again from the ninth group on

// A <g> element of limbs and joints; half of a limb has the colour of the joint at its end. Line widths are set for a
// picture of picture_pixels x picture_pixels.
std::string pose_svg(const Skeleton& skeleton, const DrawnPose& pose, const PartColours& colours, int picture_pixels);

// A picture as "data:image/jpeg;base64,..."; the crop of person `index` likewise.
std::string data_uri(const Image& image);
std::string crop_data_uri(const PoseFile& file, std::int64_t index);
std::string svg_data_uri(const std::string& svg);  // "data:image/svg+xml;base64,..."

}  // namespace pbn
