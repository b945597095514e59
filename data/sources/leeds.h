// What LSP and its extension have in common: a folder with joints.mat and numbered photographs.
#pragma once

#include <filesystem>
#include <string>

#include "data/matlab_file.h"
#include "data/sources/photographs.h"

namespace pbn {

// The variable joints of `file`, joints.mat in `folder` as a rule, of shape (rows, columns, N). `hint` goes with the
// error about any other shape.
MatlabArray read_leeds_joints(const std::filesystem::path& folder, const std::filesystem::path& file, std::size_t rows,
                              std::size_t columns, const std::string& hint);

// folder/images/im0042.jpg for number 42 and four digits.
std::filesystem::path leeds_photograph(const std::filesystem::path& folder, std::size_t number, int digits);

// joints.mat's coordinates count from 1 at the pixels' centres.
inline constexpr double leeds_first_pixel = 1;
std::array<double, 2> leeds_joint(double x, double y);

// The box of a training person, 410/256 of the body, and the torso's length.
inline constexpr double leeds_enlargement = 410.0 / 256.0;
double torso_length(const PersonInPhotograph& person);

}  // namespace pbn
