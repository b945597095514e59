// What LSP and its extension have in common: a folder with joints.mat and numbered photographs.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "data/matlab/matlab_file.h"
#include "data/sources/photographs.h"

namespace pbn {

// The variable joints of `file`, joints.mat in `folder` as a rule, of shape (rows, columns, N). `hint` goes with the
// error about any other shape.
MatlabArray read_leeds_joints(const std::filesystem::path& folder, const std::filesystem::path& file, std::size_t rows,
                              std::size_t columns, const std::string& hint);

// The numbered photographs in folder/images: im0042.jpg for number 42 and four digits, or .jpeg or .png, as the
// extended set in high resolution has them, in small letters or capitals.
class LeedsPhotographs {
 public:
  LeedsPhotographs(const std::filesystem::path& folder, int digits);

  // Sets photograph and image_name; where there is none, those of a .jpg, which is then missed. Throws a data error
  // where there are two.
  void set(PersonInPhotograph& person, std::size_t number) const;

 private:
  std::filesystem::path images_;
  int digits_;
  std::multimap<std::string, std::string> names_;  // by "im0042"
};

// One joint of joints.mat that is no place in a photograph, in words for an error.
std::string leeds_mistake(std::size_t person, std::size_t part, double x, double y, double flag);

// joints.mat's coordinates count from 1 at the pixels' centres.
inline constexpr double leeds_first_pixel = 1;
std::array<double, 2> leeds_joint(double x, double y);

// The box of a training person, 410/256 of the body, and the torso's length.
inline constexpr double leeds_enlargement = 410.0 / 256.0;
double torso_length(const PersonInPhotograph& person);

}  // namespace pbn
