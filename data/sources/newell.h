// MPII's annotations in Newell's train.h5 and valid.h5: one entry per person, centre and scale already adjusted
// (docs/file-formats.md).
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "data/sources/photographs.h"

namespace pbn::data {

struct NewellAnnotations {
  std::filesystem::path file;
  std::vector<std::array<double, 2>> centre;                // (N) image pixels
  std::vector<double> scale;                                // (N) the person's box has a side of 200 * scale pixels
  std::vector<std::array<std::array<double, 2>, 16>> part;  // (N, 16) image pixels, in the order of mpii16()

  // Empty if the file lacks the dataset.
  std::vector<std::string> image_name;        // (N) imgname
  std::vector<int> person;                    // (N) within the photograph, from 0
  std::vector<std::array<bool, 16>> visible;  // (N, 16)
  std::vector<double> head_size;              // (N) normalize, image pixels

  // A part at (0, 0) is missing; `visible` does not distinguish it from an occluded one.
  bool labelled(std::size_t person, std::size_t part_number) const;
};

// Whether an HDF5 file has the datasets center, scale and part.
bool is_newell_file(const std::filesystem::path& file);

// Throws data errors that name file and dataset.
NewellAnnotations read_newell_annotations(const std::filesystem::path& file);

// Reads the same file as photographs with people. Requires imgname (N) and person (N); uses visible (N, 16) and
// normalize (N) if present. A joint at (0, 0) is unlabelled; a labelled one with visible 0 is occluded. A person's
// index is `person`, the index in MPII's annorect from 0, as in mpii.h. The reference length is normalize, the head
// size. The split is named after the file, without ".h5"; "valid" becomes "validation".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the dataset.
PhotographSet read_mpii_newell(const std::filesystem::path& annotations, const std::filesystem::path& images);

}  // namespace pbn::data
