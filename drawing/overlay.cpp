#include "drawing/overlay.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pbn::drawing {
namespace {

constexpr double least_opacity = 0.3;
constexpr const char* shadow = "#000000";

double line_width(const evaluation::FoundPerson& person) { return std::max(1.5, person.box[2] / 110); }

double opacity_of(const evaluation::FoundPerson& person, int part) {
  return least_opacity + (1 - least_opacity) * std::clamp(person.confidence[part], 0.0, 1.0);
}

using Rgb = std::array<double, 3>;

constexpr double most_opaque = 0.85;  // the photograph stays visible under a peak

struct Tint {
  Rgb colour{};        // mean of the parts' colours, weighted by their heights
  double opacity = 0;  // of the highest part
};

Tint tint_of_cell(std::span<const float> maps, std::size_t cell, std::size_t cells, const std::vector<Rgb>& colours) {
  Tint tint;
  double sum = 0;
  for (std::size_t part = 0; part < colours.size(); ++part) {
    const double height = std::clamp(static_cast<double>(maps[part * cells + cell]), 0.0, 1.0);
    for (int channel = 0; channel < 3; ++channel) tint.colour[channel] += height * colours[part][channel];
    tint.opacity = std::max(tint.opacity, most_opaque * height);
    sum += height;
  }
  if (sum > 0) {
    for (double& channel : tint.colour) channel /= sum;
  }
  return tint;
}

}  // namespace

void draw_person(Canvas& canvas, const evaluation::FoundPerson& person, const config::Skeleton& parts,
                 const PartColours& colours) {
  const double width = line_width(person);
  const auto& joints = person.joints;
  const auto middle = [&](int from, int to) {
    return Canvas::Point{(joints[from][0] + joints[to][0]) / 2, (joints[from][1] + joints[to][1]) / 2};
  };
  for (const auto& [from, to] : parts.limbs) {
    for (const int part : {from, to}) {
      canvas.line(joints[part], middle(from, to), 1.9 * width, shadow, 0.4 * opacity_of(person, part));
    }
  }
  for (const auto& [from, to] : parts.limbs) {
    for (const int part : {from, to}) {
      canvas.line(joints[part], middle(from, to), width, colours[part], opacity_of(person, part));
    }
  }
  for (int part = 0; part < parts.size(); ++part) {
    canvas.disc(joints[part], 1.7 * width, shadow, 0.6 * opacity_of(person, part));
    canvas.disc(joints[part], 1.3 * width, colours[part], opacity_of(person, part));
  }
}

void draw_circle(Canvas& canvas, const evaluation::FoundPerson& person, int part, const std::string& colour) {
  const double width = line_width(person);
  const auto& joint = person.joints[part];
  canvas.ring(joint, 5 * width, 1.8 * width, shadow, 0.5);
  canvas.ring(joint, 5 * width, width, colour);
}

data::Image tinted_by_heat_maps(data::Image picture, std::span<const float> maps, int side,
                                const PartColours& colours) {
  std::vector<Rgb> rgb;
  for (const std::string& colour : colours) rgb.push_back(rgb_of(colour));
  const int pixels_per_cell = picture.width / side;
  const auto cells = static_cast<std::size_t>(side) * side;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const Tint tint = tint_of_cell(maps, cell, cells, rgb);
    if (tint.opacity == 0) continue;
    const std::size_t left = cell % side * pixels_per_cell, top = cell / side * pixels_per_cell;
    for (std::size_t y = top; y < top + pixels_per_cell; ++y) {
      for (std::size_t x = left; x < left + pixels_per_cell; ++x) {
        for (int channel = 0; channel < 3; ++channel) {
          std::uint8_t& value = picture.pixels[3 * (y * picture.width + x) + channel];
          value =
              static_cast<std::uint8_t>(std::lround((1 - tint.opacity) * value + tint.opacity * tint.colour[channel]));
        }
      }
    }
  }
  return picture;
}

}  // namespace pbn::drawing
