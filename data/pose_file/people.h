// Annotated people, as stored in a pose file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pbn::data {

// A 2x3 matrix, row by row: (x, y) -> (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]). Coordinates are continuous:
// pixel i covers [i, i+1), its centre is at i + 0.5.
using Affine = std::array<double, 6>;

std::array<double, 2> apply(const Affine& affine, double x, double y);
Affine inverse(const Affine& affine);                    // throws a data error when it is singular
Affine then(const Affine& first, const Affine& second);  // second after first

enum class Occlusion : std::int8_t { unknown = -1, visible = 0, occluded = 1 };

// One person and the square crop of S x S pixels around it.
struct Person {
  std::vector<std::array<float, 2>> joints;  // (K) crop pixels; any finite value if not labelled
  std::vector<bool> labelled;                // (K) whether the annotation gives the location
  std::vector<Occlusion> occluded;           // (K)
  Affine crop_to_image{};                    // crop pixels -> pixels of the photograph
  float reference_length = 0;                // image pixels: head size (PCKh) or torso length (PCK), see PoseFileInfo;
                                             // 0 if not annotated
  std::string image_name;
  int person_index = 0;  // within its photograph

  std::array<double, 2> joint_in_image(int part) const;
};

// Why a person cannot be used, and the pose file's dataset at fault: {"joints", "joint 3 lies at (nan, 0)"}.
struct PersonProblem {
  std::string dataset, text;
};

// Finds a wrong number of parts, a value that is not finite, a singular map or a negative reference length; nothing if
// the person is valid.
std::optional<PersonProblem> problem_with(const Person& person, std::size_t parts);

}  // namespace pbn::data
