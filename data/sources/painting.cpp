#include "data/sources/painting.h"

namespace pbn::data::synthetic {
namespace {

double along(const Capsule& capsule, Point p) {
  const double dx = capsule.end[0] - capsule.start[0], dy = capsule.end[1] - capsule.start[1];
  const double square = std::max(dx * dx + dy * dy, 1e-9);
  return std::clamp(((p[0] - capsule.start[0]) * dx + (p[1] - capsule.start[1]) * dy) / square, 0.0, 1.0);
}

// All arguments are 0..1.
Colour from_hsv(double hue, double saturation, double value) {
  Colour result;
  for (int c = 0; c < 3; ++c) {
    const double position = std::fmod(hue * 6 + (c == 0 ? 0 : c == 1 ? 4 : 2), 6.0);
    const double ramp = std::clamp(std::abs(position - 3) - 1, 0.0, 1.0);
    result[c] = 255 * value * (1 - saturation * (1 - ramp));
  }
  return result;
}

}  // namespace

double Capsule::distance(Point p) const {
  const double t = along(*this, p);
  return std::hypot(p[0] - (start[0] + t * (end[0] - start[0])), p[1] - (start[1] + t * (end[1] - start[1]))) -
         (start_radius + t * (end_radius - start_radius));
}

double Capsule::across(Point p) const {
  const double dx = end[0] - start[0], dy = end[1] - start[1];
  const double length = std::max(std::hypot(dx, dy), 1e-9);
  const double radius = start_radius + along(*this, p) * (end_radius - start_radius);
  return std::clamp(((p[0] - start[0]) * -dy + (p[1] - start[1]) * dx) / (length * radius), -1.0, 1.0);
}

Extent Capsule::extent() const {
  const double radius = std::max(start_radius, end_radius);
  return {{std::min(start[0], end[0]) - radius, std::min(start[1], end[1]) - radius},
          {std::max(start[0], end[0]) + radius, std::max(start[1], end[1]) + radius}};
}

// First-order approximation; the exact distance needs the roots of a quartic.
double Ellipse::distance(Point p) const {
  const double dx = p[0] - centre[0], dy = p[1] - centre[1];
  const double x = (dx * std::cos(angle) + dy * std::sin(angle)) / half_width;
  const double y = (dy * std::cos(angle) - dx * std::sin(angle)) / half_height;
  const double reach = std::hypot(x, y);
  const double slope = std::hypot(x / half_width, y / half_height);
  return slope < 1e-9 ? -std::min(half_width, half_height) : reach * (reach - 1) / slope;
}

Extent Ellipse::extent() const {
  const double radius = std::max(half_width, half_height);
  return {{centre[0] - radius, centre[1] - radius}, {centre[0] + radius, centre[1] + radius}};
}

double Polygon::distance(Point p) const {
  double nearest = 1e18;
  bool inside = false;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Point& a = corners[i];
    const Point& b = corners[(i + 1) % corners.size()];
    nearest = std::min(nearest, Capsule{a, b, 0, 0}.distance(p));
    // A ray to the right from a point inside crosses the outline an odd number of times.
    if ((a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])) inside = !inside;
  }
  return (inside ? -nearest : nearest) - rounding;
}

Extent Polygon::extent() const {
  Extent all{corners[0], corners[0]};
  for (const Point& corner : corners) {
    for (int axis = 0; axis < 2; ++axis) {
      all.low[axis] = std::min(all.low[axis], corner[axis] - rounding);
      all.high[axis] = std::max(all.high[axis], corner[axis] + rounding);
    }
  }
  return all;
}

Colour scaled(const Colour& colour, double factor) {
  return {colour[0] * factor, colour[1] * factor, colour[2] * factor};
}

Colour mixed(const Colour& one, const Colour& other, double share) {
  Colour result;
  for (int c = 0; c < 3; ++c) result[c] = one[c] + share * (other[c] - one[c]);
  return result;
}

Colour random_colour(Random& random, Range saturation, Range value) {
  const double hue = random.uniform();
  const double strength = random.uniform(saturation.low, saturation.high);
  return from_hsv(hue, strength, random.uniform(value.low, value.high));
}

}  // namespace pbn::data::synthetic
