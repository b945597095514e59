// Poses over photographs, as SVG on top of an embedded JPEG (Figs. 6-8).
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

namespace pbn::drawing {

struct DrawnPose {
  std::vector<std::array<double, 2>> joints;  // (K) picture pixels
  std::vector<bool> labelled;                 // (K) unlabelled joints and their limbs are not drawn
  std::vector<data::Occlusion> occluded;      // (K) occluded joints are drawn as rings
};

// Poses in crop pixels. A predicted joint counts as occluded where it is annotated so, and as unlabelled where it is
// not finite.
DrawnPose true_pose(const data::Person& person);
DrawnPose predicted_pose(const evaluation::Predictions& predictions, std::int64_t index, const data::Person& person);

// One colour per part, such as "#d55e00", from the palette of Okabe and Ito, which colour-blind readers can
// distinguish.
using PartColours = std::vector<std::string>;
PartColours colours_by_side(const config::Skeleton& skeleton);  // right, left, middle
// A part in several groups has the colour of the first.
PartColours colours_by_group(const config::Skeleton& skeleton, const config::Groups& groups);
std::string group_colour(std::size_t group);  // the ninth group has the first one's again

// A <g> element of limbs and joints; each half of a limb has the colour of the joint at its end. Line widths suit a
// picture of picture_pixels x picture_pixels.
std::string pose_svg(const config::Skeleton& skeleton, const DrawnPose& pose, const PartColours& colours,
                     int picture_pixels);

std::string data_uri(const data::Image& image);                             // "data:image/jpeg;base64,..."
std::string crop_data_uri(const data::PoseFile& file, std::int64_t index);  // of the crop of person `index`
std::string svg_data_uri(const std::string& svg);                           // "data:image/svg+xml;base64,..."

}  // namespace pbn::drawing
