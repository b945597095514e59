#include "data/sources/synthetic_scene.h"

#include <numbers>

namespace pbn::data::synthetic {
namespace {

// A background colour: paler than clothes, but not so pale that colour alone finds the person.
Colour muted(Random& random) { return random_colour(random, {0.05, 0.45}, {0.25, 0.9}); }

Point anywhere(const Picture& picture, Random& random) {
  const double x = random.uniform(0, picture.side);
  return {x, random.uniform(0, picture.side)};
}

void paint_gradient(Picture& picture, Random& random) {
  const Colour one = muted(random), other = muted(random);
  const double angle = random.uniform(0, 2 * std::numbers::pi);
  const double dx = std::cos(angle) / picture.side, dy = std::sin(angle) / picture.side;
  for (int y = 0; y < picture.side; ++y) {
    for (int x = 0; x < picture.side; ++x) {
      const double share = 0.5 + dx * (x - picture.side / 2.0) + dy * (y - picture.side / 2.0);
      picture.pixels[static_cast<std::size_t>(y) * picture.side + x] = mixed(one, other, std::clamp(share, 0.0, 1.0));
    }
  }
}

Polygon random_polygon(const Point& centre, double size, Random& random) {
  Polygon polygon;
  const int corners = 3 + static_cast<int>(random.below(4));
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * std::numbers::pi * (i + random.uniform(0, 0.8)) / corners;
    const double radius = size * random.uniform(0.5, 1);
    polygon.corners.push_back({centre[0] + radius * std::cos(angle), centre[1] + radius * std::sin(angle)});
  }
  return polygon;
}

void paint_loose_limb(Picture& picture, double head_length, Random& random) {
  const Point start = anywhere(picture, random);
  const double angle = random.uniform(0, 2 * std::numbers::pi), length = head_length * random.uniform(1, 2.4);
  const double radius = head_length * random.uniform(0.12, 0.34);
  const Capsule limb{start,
                     {start[0] + length * std::cos(angle), start[1] + length * std::sin(angle)},
                     radius,
                     radius * random.uniform(0.6, 1)};
  const Colour colour = random_colour(random, {0.2, 0.7}, {0.3, 0.9});
  paint(picture, limb, 1, [&](Point p, double) { return scaled(colour, 1 - 0.25 * std::abs(limb.across(p))); });
}

}  // namespace

void paint_background(Picture& picture, double head_length, Random& random) {
  paint_gradient(picture, random);
  const int shapes = 8 + static_cast<int>(random.below(12));
  for (int i = 0; i < shapes; ++i) {
    const Point centre = anywhere(picture, random);
    const double size = head_length * random.uniform(0.6, 3.5);
    const Colour colour = muted(random);
    const double opacity = random.uniform(0.35, 0.9);
    if (random.uniform() < 0.7) {
      paint(picture, random_polygon(centre, size, random), opacity, colour);
    } else {
      const double narrowness = random.uniform(0.3, 1), angle = random.uniform(0, std::numbers::pi);
      paint(picture, Ellipse{centre, 0.7 * size, 0.7 * size * narrowness, angle}, opacity, colour);
    }
  }
  const int limbs = 2 + static_cast<int>(random.below(5));
  for (int i = 0; i < limbs; ++i) paint_loose_limb(picture, head_length, random);
}

void paint_occluders(Picture& picture, const Body& body, const Placement& placement, Random& random,
                     std::array<bool, 16>& hidden) {
  const double unit = placement.head_length;
  const auto cover = [&](const auto& shape) {
    const Colour colour = muted(random);
    // Objects in front have a dark rim.
    paint(picture, shape, 1,
          [&](Point, double distance) { return scaled(colour, 1 - 0.4 * std::clamp(2 + distance, 0.0, 1.0)); });
    for (int j = 0; j < 16; ++j) hidden[j] = hidden[j] || shape.distance(placement.pixel(body.joints[j])) < 0;
  };
  const int objects = 1 + static_cast<int>(random.below(3));
  for (int i = 0; i < objects; ++i) {
    Point centre = placement.pixel(body.joints[random.below(16)]);
    for (double& coordinate : centre) coordinate += 0.35 * unit * random.normal();
    const double size = unit * random.uniform(0.5, 1.1), angle = random.uniform(0, std::numbers::pi);
    const double kind = random.uniform();
    if (kind < 0.4) {
      cover(random_polygon(centre, 1.3 * size, random));
    } else if (kind < 0.75) {
      cover(Ellipse{centre, size, size * random.uniform(0.6, 1), angle});
    } else {
      const Point reach{2.6 * size * std::cos(angle), 2.6 * size * std::sin(angle)};
      cover(Capsule{{centre[0] - reach[0], centre[1] - reach[1]},
                    {centre[0] + reach[0], centre[1] + reach[1]},
                    0.22 * unit,
                    0.22 * unit});
    }
  }
}

}  // namespace pbn::data::synthetic
