// Many small pictures on one sheet, to look at a data set (`pbn inspect --sheet`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/pose_file/pose_file.h"
#include "drawing/drawing.h"

namespace pbn {

struct SheetTile {
  double start = 0, side = 0;  // the square of `content` that is shown: from (start, start), in its own units
  std::string content;         // SVG elements
  std::string caption, note;
};

// A person's crop, as far as the box and the joints reach, with the pose over it: limbs and joints coloured by side,
// occluded joints as rings, unlabelled ones left out. The dashed square is the box, which is all that the network sees
// when it is tested.
SheetTile person_tile(const PoseFile& file, std::int64_t index);

// "17: im0017.jpg": the running number counts from 1.
std::string person_caption(const Person& person, std::int64_t index);

// The tiles in rows under a title, a line of text and the legend of colours, as a picture that stands by itself.
std::string contact_sheet(const std::string& title, const std::string& note, const std::vector<SheetTile>& tiles);

// `count` numbers of people, in an order that depends on the seed alone: the first that a run with this seed trains on.
std::vector<std::int64_t> drawn_people(std::int64_t people, std::int64_t count, std::uint64_t seed, int epoch = 1);

}  // namespace pbn
