#include "drawing/overlay.h"

#include <algorithm>

namespace pbn {
namespace {

constexpr double least_opacity = 0.3;
constexpr const char* shadow = "#000000";

double line_width(const FoundPerson& person) { return std::max(1.5, person.box[2] / 110); }

double opacity_of(const FoundPerson& person, int part) {
  const double confidence = std::clamp(person.confidence[static_cast<std::size_t>(part)], 0.0, 1.0);
  return least_opacity + (1 - least_opacity) * confidence;
}

}  // namespace

void draw_person(Canvas& canvas, const FoundPerson& person, const Skeleton& parts, const PartColours& colours) {
  const double width = line_width(person);
  const auto joint = [&](int part) { return person.joints[static_cast<std::size_t>(part)]; };
  const auto middle = [&](int from, int to) {
    return Canvas::Point{(joint(from)[0] + joint(to)[0]) / 2, (joint(from)[1] + joint(to)[1]) / 2};
  };
  const auto half = [&](int part, const Canvas::Point& end, double half_width, const std::string& colour,
                        double opacity) { canvas.line(joint(part), end, half_width, colour, opacity); };
  for (const auto& [from, to] : parts.limbs) {
    for (const int part : {from, to}) half(part, middle(from, to), 1.9 * width, shadow, 0.4 * opacity_of(person, part));
  }
  for (const auto& [from, to] : parts.limbs) {
    for (const int part : {from, to}) {
      half(part, middle(from, to), width, colours[static_cast<std::size_t>(part)], opacity_of(person, part));
    }
  }
  for (int part = 0; part < parts.size(); ++part) {
    canvas.disc(joint(part), 1.7 * width, shadow, 0.6 * opacity_of(person, part));
    canvas.disc(joint(part), 1.3 * width, colours[static_cast<std::size_t>(part)], opacity_of(person, part));
  }
}

void draw_circle(Canvas& canvas, const FoundPerson& person, int part, const std::string& colour) {
  const double width = line_width(person);
  const auto& joint = person.joints[static_cast<std::size_t>(part)];
  canvas.ring(joint, 5 * width, 1.8 * width, shadow, 0.5);
  canvas.ring(joint, 5 * width, width, colour);
}

}  // namespace pbn
