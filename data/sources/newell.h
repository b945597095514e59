// MPII's annotations as Newell's train.h5 and valid.h5 hold them: one entry per person, centre and scale already
// adjusted (docs/file-formats.md).
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "data/sources/photographs.h"

namespace pbn {

struct NewellAnnotations {
  std::filesystem::path file;
  std::vector<std::array<double, 2>> centre;                // (N) image pixels
  std::vector<double> scale;                                // (N) the person's box has 200 * scale pixels to a side
  std::vector<std::array<std::array<double, 2>, 16>> part;  // (N, 16) image pixels, in the order of mpii16()

  // Empty where the file lacks the dataset.
  std::vector<std::string> image_name;        // (N) imgname
  std::vector<int> person;                    // (N) within the photograph, from 0
  std::vector<std::array<bool, 16>> visible;  // (N, 16)
  std::vector<double> head_size;              // (N) normalize, image pixels

  // A missing part stands at (0, 0); `visible` in these files does not tell it from an occluded one.
  bool labelled(std::size_t person, std::size_t part_number) const;
};

// True for an HDF5 file with the datasets center, scale and part.
bool is_newell_file(const std::filesystem::path& file);

// Throws a data error that names the file and the dataset.
NewellAnnotations read_newell_annotations(const std::filesystem::path& file);

// The same file as photographs with people. Beside what is read above: imgname (N), person (N), and where they are
// there visible (N, 16) and normalize (N). Centre and scale are adjusted already. A joint at (0, 0) is unlabelled; a
// labelled one with visible 0 is occluded. A person's index is `person`, the place in MPII's annorect from 0, as in
// mpii.h. Reference length: normalize, the head's size. The split's name is the file's without ".h5", "valid" being
// "validation".
//
// Throws a usage error for a missing folder of photographs, and data errors that name the dataset.
PhotographSet read_mpii_newell(const std::filesystem::path& annotations, const std::filesystem::path& images);

}  // namespace pbn
