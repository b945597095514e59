// Who is to be found in photographs, and where they stand.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/crop.h"

namespace pbn {

struct Photograph {
  std::filesystem::path file;
  int width = 0, height = 0;
};

struct PersonToFind {
  std::size_t photograph = 0;  // number in the list of photographs
  Box box;
  std::map<std::string, std::array<double, 2>> truth{};  // by part, in the photograph's pixels; often nothing
};

// Files as they are given, and of a folder its .jpg, .jpeg and .png files by name. Throws usage errors: nothing there,
// no photographs in a folder, two of the same name; and a data error for the first that cannot be decoded.
std::vector<Photograph> find_photographs(const std::vector<std::string>& files_and_folders);

// Without a file there is one person in every photograph, somewhere (box_of_photograph). `file` is JSON, recognised by
// its form; photographs are known by their file's name without folders:
//   {"a.jpg": [[x, y, width, height], ...], ...}
//   COCO        {"images": [{"id", "file_name"}], "annotations": [{"image_id", "bbox"}]}; where annotations have
//               keypoints and categories name them, these are the truth ("left_knee" is "l-knee")
//   MPII's      [{"image", "center", "scale", "joints", "joints_vis"}, ...] as HRNet and mmpose have them
// A box is the square around the middle of the rectangle, `enlargement` times its longer side; MPII's is 200 scales as
// in training. Photographs that the file does not mention have nobody in them. Throws data errors that name the place
// in the file, and a usage error when nobody is left.
std::vector<PersonToFind> people_to_find(const std::vector<Photograph>& photographs, const std::filesystem::path& file,
                                         double enlargement);

}  // namespace pbn
