// The photographs of `pbn predict`, and the boxes of the people in them.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/photographs/orientation.h"
#include "data/pose_file/crop.h"

namespace pbn::photographs {

struct Photograph {
  std::filesystem::path file;
  int width = 0, height = 0;                                  // upright
  data::Orientation turned_by = data::Orientation::top_left;  // EXIF orientation that read() applies
  std::string name{};  // in predictions.json: as in the box file, else without folders
  Json id{};           // of the image in a COCO box file; else null

  data::Image read() const { return data::turned(data::read_image(file), turned_by); }
};

struct PersonToFind {
  std::size_t photograph = 0;  // index in the list of photographs
  data::Box box;
  std::map<std::string, std::array<double, 2>> truth{};  // by part, in the photograph's pixels; may be empty
};

struct PhotographList {
  std::vector<Photograph> photographs;
  std::vector<std::string> skipped{};  // "a.jpg: is a WebP image, not a JPEG or PNG image"
};

// The given files, and the .jpg, .jpeg and .png files of given folders in the order of their names, which may hold any
// bytes. Photographs are turned upright by their EXIF orientation, as browsers and OpenCV do. Throws usage errors: no
// such path, a folder without photographs, two photographs of the same name. Throws a data error for the first
// photograph that cannot be decoded or, with `skip_bad`, where none can be.
PhotographList find_photographs(const std::vector<std::string>& files_and_folders, bool skip_bad);

// Without a file, one person in each photograph (box_of_photograph). `file` is JSON in one of three formats:
//   {"a.jpg": [[x, y, width, height], ...], ...}
//   COCO   {"images": [{"id", "file_name", "width", "height"}], "annotations": [{"image_id", "category_id", "bbox"}],
//          "categories": [...]}. Keypoints of annotations, named by their category ("left_knee" is "l-knee"), are the
//          truth. Crowds and objects that are not people are skipped
//   MPII   [{"image", "center", "scale", "joints", "joints_vis"}, ...], as in HRNet and mmpose
// The file's name of a photograph must be the end of its path, folder by folder; of several such names the longest
// counts. Photographs that the file does not name have no people. A person's box is the square around the centre of the
// rectangle with `enlargement` times its longer side; in MPII's format, 200 times the scale, as in training.
//
// Boxes are in pixels of the upright photograph, with two exceptions, for which the photograph is not turned: MPII's
// format, and a COCO image whose width and height are those of the stored photograph alone. `list` receives turned_by,
// name and id. Throws data errors that name the place in the file, and one for a photograph whose size differs from the
// stated one (with `skip_bad` it is skipped instead); throws a usage error when no people are left.
std::vector<PersonToFind> people_to_find(PhotographList& list, const std::filesystem::path& file, double enlargement,
                                         bool skip_bad);

}  // namespace pbn::photographs
