#include "orchestrator/commands/prediction_pictures.h"

#include <algorithm>

#include "base/files.h"
#include "drawing/overlay.h"

namespace pbn::commands {
namespace fs = std::filesystem;
namespace {

constexpr const char *found_colour = "#39ff14", *missed_colour = "#ff2d2d", *different_colour = "#ffe119";
constexpr int jpeg_quality = 92;

drawing::PartColours colours_of(const photographs::CheckpointPrediction& prediction) {
  const config::Groups groups =
      prediction.groups.empty() ? config::resolve_groups("related-5", prediction.parts) : prediction.groups;
  return drawing::colours_by_group(prediction.parts, groups);
}

// The photograph with the people that one checkpoint found; `is_first`: the first of two that are compared.
data::Image overlay(const data::Image& photograph, const photographs::CheckpointPrediction& prediction,
                    const std::vector<std::size_t>& people, const std::vector<photographs::Disagreement>& disagreements,
                    bool is_first) {
  drawing::Canvas canvas(photograph);
  for (const std::size_t person : people) {
    drawing::draw_person(canvas, prediction.people[person], prediction.parts, colours_of(prediction));
  }
  for (const photographs::Disagreement& one : disagreements) {
    if (std::find(people.begin(), people.end(), one.person) == people.end()) continue;
    const bool is_truth_known = one.first_finds || one.second_finds;
    const bool is_found = is_first ? one.first_finds : one.second_finds;
    drawing::draw_circle(canvas, prediction.people[one.person], prediction.parts.index_of(one.part),
                         !is_truth_known ? different_colour
                         : is_found      ? found_colour
                                         : missed_colour);
  }
  return canvas.picture();
}

// Cuts the photograph to the box around the boxes of all people, as in Figs. 6-8.
data::Image around_people(const data::Image& photograph, const photographs::CheckpointPrediction& prediction,
                          const std::vector<std::size_t>& people) {
  double left = photograph.width, top = photograph.height, right = 0, bottom = 0;
  for (const std::size_t person : people) {
    const auto& [x, y, width, height] = prediction.people[person].box;
    left = std::min(left, x);
    top = std::min(top, y);
    right = std::max(right, x + width);
    bottom = std::max(bottom, y + height);
  }
  const auto inside = [](double value, int most) { return static_cast<int>(std::clamp(value, 0.0, most - 1.0)); };
  const int x = inside(left, photograph.width), y = inside(top, photograph.height);
  return drawing::cropped(photograph, x, y, inside(right, photograph.width) - x + 1,
                          inside(bottom, photograph.height) - y + 1);
}

}  // namespace

data::Image prediction_picture(const data::Image& photograph, const std::vector<std::size_t>& people,
                               const photographs::CheckpointPrediction& first,
                               const std::optional<photographs::CheckpointPrediction>& second,
                               const std::vector<photographs::Disagreement>& disagreements) {
  data::Image picture = overlay(photograph, first, people, disagreements, true);
  if (!second || people.empty()) return picture;
  const data::Image other = overlay(photograph, *second, people, disagreements, false);
  return drawing::side_by_side(around_people(picture, first, people), around_people(other, *second, people), 8);
}

void write_photograph(const fs::path& file, const data::Image& picture) {
  const std::string ending = file.extension().string();
  const bool is_png = ending == ".png" || ending == ".PNG";
  write_atomically(file, is_png ? data::encode_png(picture) : data::encode_jpeg(picture, jpeg_quality));
}

}  // namespace pbn::commands
