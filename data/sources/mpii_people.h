// What the three forms of MPII's annotations have in common: mpii.h, newell.h, mpii_json.h.
#pragma once

#include <filesystem>
#include <string>

#include "data/sources/photographs.h"

namespace pbn {

// MPII counts pixels from 1 at their centres, in all three forms.
inline constexpr double mpii_first_pixel = 1;

// Where a person stands, in MPII's coordinates.
struct MpiiPlace {
  double centre_x = 0, centre_y = 0;
  double scale = 0;  // the person's box has 200 * scale pixels to a side
};

// As Newell's files have it, so that feet are not cut off: the annotation's centre is lowered by 15 scales, and its
// scale enlarged by a quarter.
MpiiPlace adjusted(const MpiiPlace& annotated);

// Skeleton mpii16, reference head (PCKh).
PhotographSet mpii_set(std::string split, std::string source);

// Sixteen joints, none of them labelled yet.
PersonInPhotograph mpii_person(const std::filesystem::path& images, const std::string& image_name, int index,
                               const MpiiPlace& adjusted_place);

void set_mpii_joint(PersonInPhotograph& person, std::size_t part, double x, double y, Occlusion occluded);

}  // namespace pbn
