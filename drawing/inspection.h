// The content of a file of people, for `pbn inspect`.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"

namespace pbn::drawing {

// Describes a pose file, Newell's train.h5 or valid.h5, or a prediction file. The kind is recognised by content:
//   every kind    kind, file, people, parts
//   with poses    skeleton; joints: per part the numbers of labelled, visible, occluded and unknown ones;
//                 reference: what the lengths measure, their least, median and greatest in pixels of the photographs,
//                 and the number of missing ones; box_side likewise; photographs: their number, if they have names
//   pose file     dataset, split, source, generator, fingerprint, people_sha256, box_pixels, extent, crop_pixels,
//                 encoding, bytes, skipped; doubts: probable mistakes (data/pose_file/people_warnings.h)
//   predictions   fingerprint of their pose file, if known; not_finite: the number of joints that are not finite;
//                 confidence: least, median and greatest
// Throws a data error for anything else.
Json inspect_file(const std::filesystem::path& file);

// The description as text.
std::string inspection_text(const Json& inspection);

}  // namespace pbn::drawing
