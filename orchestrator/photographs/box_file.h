// The content of `pbn predict --boxes FILE`: people by the file's names of their photographs.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/pose_file/crop.h"
#include "data/sources/oriented_photograph.h"

namespace pbn::photographs {

struct BoxOfPerson {
  data::Box box;
  std::map<std::string, std::array<double, 2>> truth{};  // annotated joints by part
};

// The pixels that boxes refer to where the photograph's EXIF orientation differs from how it is stored.
enum class BoxFrame {
  upright,
  stored,
  of_stated_size,  // whichever of the two has the stated size; upright where both have it or no size is stated
};

struct BoxesOfPhotograph {
  std::string where;  // place in the file, for messages
  std::vector<BoxOfPerson> people{};
  BoxFrame frame = BoxFrame::upright;
  data::StatedSize size{};
  Json id{};  // of the image in a COCO file; else null
};

using BoxFile = std::map<std::string, BoxesOfPhotograph>;  // by photograph

// Reads the three formats of person_boxes.h. Logs how many entries it skips. Throws data errors that name the place.
BoxFile read_box_file(const std::filesystem::path& file, double enlargement);

}  // namespace pbn::photographs
