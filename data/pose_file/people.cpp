#include "data/pose_file/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace pbn::data {
namespace {

double determinant(const Affine& m) { return m[0] * m[4] - m[1] * m[3]; }

bool is_finite(double value) { return std::isfinite(value); }

}  // namespace

std::array<double, 2> apply(const Affine& m, double x, double y) {
  return {m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]};
}

Affine inverse(const Affine& m) {
  const double scale = 1 / determinant(m);
  if (!std::isfinite(scale)) throw data_error("", "", "the affine map ({}) has no inverse", fmt::join(m, ", "));
  const double a = m[4] * scale, b = -m[1] * scale, c = -m[3] * scale, d = m[0] * scale;
  return {a, b, -(a * m[2] + b * m[5]), c, d, -(c * m[2] + d * m[5])};
}

Affine then(const Affine& first, const Affine& second) {
  const auto origin = apply(second, first[2], first[5]);
  return {second[0] * first[0] + second[1] * first[3], second[0] * first[1] + second[1] * first[4], origin[0],
          second[3] * first[0] + second[4] * first[3], second[3] * first[1] + second[4] * first[4], origin[1]};
}

std::array<double, 2> Person::joint_in_image(int part) const {
  return apply(crop_to_image, joints[part][0], joints[part][1]);
}

std::optional<PersonProblem> problem_with(const Person& person, std::size_t parts) {
  if (person.joints.size() != parts || person.labelled.size() != parts || person.occluded.size() != parts) {
    return PersonProblem{"joints", fmt::format("has {} joints instead of {}", person.joints.size(), parts)};
  }
  for (std::size_t part = 0; part < parts; ++part) {
    const auto [x, y] = person.joints[part];
    if (!std::isfinite(x) || !std::isfinite(y)) {
      return PersonProblem{"joints", fmt::format("joint {} lies at ({}, {})", part, x, y)};
    }
  }
  if (!std::all_of(person.crop_to_image.begin(), person.crop_to_image.end(), is_finite) ||
      !std::isfinite(1 / determinant(person.crop_to_image))) {
    return PersonProblem{"crop_to_image", "its map from the crop to the image has no inverse"};
  }
  if (!std::isfinite(person.reference_length) || person.reference_length < 0) {
    return PersonProblem{"reference_length", fmt::format("its reference length is {}", person.reference_length)};
  }
  return {};
}

}  // namespace pbn::data
