// What the three formats of MPII's annotations have in common: mpii.h, newell.h, mpii_json.h.
#pragma once

#include <filesystem>
#include <string>

#include "data/sources/photographs.h"

namespace pbn::data {

// MPII counts pixels from 1 at their centres, in all three formats.
inline constexpr double mpii_first_pixel = 1;

// The location of a person in MPII's coordinates.
struct MpiiPlace {
  double centre_x = 0, centre_y = 0;
  double scale = 0;  // the person's box has a side of 200 * scale pixels
};

// Newell's adjustment, which keeps feet from being cut off: lowers the annotated centre by 15 scales and enlarges the
// scale by a quarter.
MpiiPlace adjusted(const MpiiPlace& annotated);

// An empty set with skeleton mpii16 and reference head (PCKh).
PhotographSet mpii_set(std::string split, std::string source);

// A person with sixteen unlabelled joints.
PersonInPhotograph mpii_person(const std::filesystem::path& images, const std::string& image_name, int index,
                               const MpiiPlace& adjusted_place);

}  // namespace pbn::data
