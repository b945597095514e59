// What is in a file of people, for `pbn inspect`.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"

namespace pbn {

// Of a pose file, Newell's train.h5 or valid.h5, or a prediction file, recognised by content ("kind"):
//   all           file, people, parts
//   with poses    skeleton; joints: per part how often it is labelled, and of these visible, occluded and unknown;
//                 reference: what the lengths measure, and their least, median and greatest in pixels of the
//                 photographs, and how many are missing; box_side likewise; photographs, where they have names
//   a pose file   dataset, split, source, generator, fingerprint, people_sha256, box_pixels, extent, crop_pixels,
//                 encoding, bytes, skipped; doubts: what is allowed, but seldom meant
//                 (data/pose_file/people_warnings.h)
//   predictions   fingerprint: of whose people they are, where they say so; not_finite: coordinates that are no
//   numbers;
//                 confidence: least, median and greatest
// Throws a data error for anything else.
Json inspect_file(const std::filesystem::path& file);

// The same for people.
std::string inspection_text(const Json& inspection);

}  // namespace pbn
