// A sheet of many small pictures for looking through a data set (`pbn inspect --sheet`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/pose_file/pose_file.h"
#include "drawing/drawing.h"

namespace pbn::drawing {

struct SheetTile {
  double start = 0, side = 0;  // the visible square of `content`, with the corner (start, start), in its units
  std::string content;         // SVG elements
  std::string caption, note;
};

// A person's crop, cut to the box and the joints, with the pose over it: limbs and joints are coloured by side,
// occluded joints are rings, unlabelled ones are left out. The dashed square is the box, the network's input in tests.
SheetTile person_tile(const data::PoseFile& file, std::int64_t index);

// "17: im0017.jpg", with the person's number counted from 1.
std::string person_caption(const data::Person& person, std::int64_t index);

// The tiles in rows below a title, a line of text and a legend of the colours, as a complete picture.
std::string contact_sheet(const std::string& title, const std::string& note, const std::vector<SheetTile>& tiles);

// The indices of the first `count` people that a run with this seed trains on in an epoch.
std::vector<std::int64_t> first_people_of_epoch(std::int64_t people, std::int64_t count, std::uint64_t seed,
                                                int epoch = 1);

}  // namespace pbn::drawing
