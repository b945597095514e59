// Who is to be found in photographs, and where they stand.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/photographs/orientation.h"
#include "data/pose_file/crop.h"

namespace pbn {

struct Photograph {
  std::filesystem::path file;
  int width = 0, height = 0;                      // of the upright picture
  Orientation turned_by = Orientation::top_left;  // the camera's note, by which it is shown
  std::string name{};                             // in results: the boxes' file's, else the file's without folders
  Json id{};                                      // COCO's, where the boxes come from a COCO file; else null

  Image read() const { return turned(read_image(file), turned_by); }
};

struct PersonToFind {
  std::size_t photograph = 0;  // number in the list of photographs
  Box box;
  std::map<std::string, std::array<double, 2>> truth{};  // by part, in the photograph's pixels; often nothing
};

struct PhotographList {
  std::vector<Photograph> photographs;
  std::vector<std::string> skipped{};  // "a.jpg: is a WebP image, not a JPEG or PNG image"
};

// Files as they are given, and of a folder its .jpg, .jpeg and .png files by name, whatever bytes their names have.
// They are turned as their cameras noted, as browsers and OpenCV do. Throws usage errors: nothing there, no photographs
// in a folder, two of the same name; and a data error for the first that cannot be decoded, or, when `skip_bad`, for
// none that can.
PhotographList find_photographs(const std::vector<std::string>& files_and_folders, bool skip_bad);

// Without a file there is one person in every photograph, somewhere (box_of_photograph). `file` is JSON, recognised by
// its form:
//   {"a.jpg": [[x, y, width, height], ...], ...}
//   COCO        {"images": [{"id", "file_name", "width", "height"}], "annotations": [{"image_id", "category_id",
//               "bbox"}], "categories": [...]}; where annotations have keypoints, these, by the names of their own
//               category, are the truth ("left_knee" is "l-knee"). Crowds and what is not a person are passed over
//   MPII's      [{"image", "center", "scale", "joints", "joints_vis"}, ...] as HRNet and mmpose have them
// A photograph is known by its path: the file's name for it must be the end of that, folder by folder, and of several
// the longest is meant. A box is the square around the middle of the rectangle, `enlargement` times its longer side;
// MPII's is 200 scales as in training. Photographs that the file does not mention have nobody in them.
//
// Boxes are in the pixels of the upright photograph. COCO's may say otherwise: where the stated width and height are
// those of the photograph as it is stored, and only those, it is not turned, and neither are MPII's. What the file says
// of them goes into `photographs`: turned_by, name and id. Throws data errors that name the place in the file: also for
// a photograph of another size than stated (when `skip_bad`, it is skipped); and a usage error when nobody is left.
std::vector<PersonToFind> people_to_find(PhotographList& list, const std::filesystem::path& file, double enlargement,
                                         bool skip_bad);

}  // namespace pbn
