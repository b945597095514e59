// The file of `pbn predict --boxes`, as it is written: people by the names that it has for photographs.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/pose_file/crop.h"
#include "data/sources/oriented_photograph.h"

namespace pbn {

struct BoxOfPerson {
  Box box;
  std::map<std::string, std::array<double, 2>> truth{};  // by part
};

// In whose pixels the boxes of a photograph are, should its camera have noted that it is to be turned.
enum class BoxFrame {
  upright,
  stored,
  of_stated_size,  // whichever of the two has that size; upright where both have it, or none is stated
};

struct BoxesOfPhotograph {
  std::string where;  // in the file
  std::vector<BoxOfPerson> people{};
  BoxFrame frame = BoxFrame::upright;
  StatedSize size{};
  Json id{};  // COCO's; else null
};

using BoxFile = std::map<std::string, BoxesOfPhotograph>;  // by photograph

// The three forms of person_boxes.h. What is passed over is counted in a note. Throws data errors that name the place.
BoxFile read_box_file(const std::filesystem::path& file, double enlargement);

}  // namespace pbn
