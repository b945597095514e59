#include "data/sources/leeds.h"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/hdf5/hdf5.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {}  // namespace

MatlabArray read_leeds_joints(const fs::path& folder, const fs::path& file, std::size_t rows, std::size_t columns,
                              const std::string& hint) {
  if (!fs::is_directory(folder)) {
    throw usage_error(folder.string(), "give the folder that holds joints.mat and images/", "there is no such folder");
  }
  if (!fs::exists(file)) {
    throw data_error(file.string(), "give the folder that holds joints.mat and images/, or the corrected joints",
                     "there is no such file");
  }
  const fs::path images = folder / "images";
  if (!fs::is_directory(images) || fs::is_empty(images)) {
    throw data_error(images.string(), "unpack the data set again", "there are no images");
  }
  MatlabArray joints = read_matlab_array(file, "joints");
  const auto& shape = joints.shape;
  if (shape.size() != 3 || shape[0] != rows || shape[1] != columns || shape[2] == 0) {
    throw data_error(file.string(), hint, "variable \"joints\" has shape {}; expected ({}, {}, people)",
                     describe(shape), rows, columns);
  }
  return joints;
}

LeedsPhotographs::LeedsPhotographs(const fs::path& folder, int digits) : images_(folder / "images"), digits_(digits) {
  for (const auto& entry : fs::directory_iterator(images_)) {
    const std::string extension = boost::algorithm::to_lower_copy(entry.path().extension().string());
    if (extension != ".jpg" && extension != ".jpeg" && extension != ".png") continue;
    names_.emplace(boost::algorithm::to_lower_copy(entry.path().stem().string()), entry.path().filename().string());
  }
}

void LeedsPhotographs::set(PersonInPhotograph& person, std::size_t number) const {
  const std::string stem = fmt::format("im{:0{}}", number, digits_);
  const auto [first, last] = names_.equal_range(stem);
  person.image_name = first == last ? stem + ".jpg" : first->second;
  person.photograph = images_ / person.image_name;
  if (first != last && std::next(first) != last) {
    throw data_error(person.photograph.string(), "keep the one that joints.mat is of",
                     "{} is a photograph of the same number", std::next(first)->second);
  }
}

std::string leeds_mistake(std::size_t person, std::size_t part, double x, double y, double flag) {
  return fmt::format("person {}, {}: ({}, {}, {}) is not a place in a photograph and 0 or 1", person + 1,
                     lsp14().parts[part], x, y, flag);
}

std::array<double, 2> leeds_joint(double x, double y) {
  return {x - leeds_first_pixel + 0.5, y - leeds_first_pixel + 0.5};
}

double torso_length(const PersonInPhotograph& person) {
  const int shoulder = lsp14().index_of("l-shoulder"), hip = lsp14().index_of("r-hip");
  if (!person.labelled[shoulder] || !person.labelled[hip]) return 0;
  return std::hypot(person.joints[shoulder][0] - person.joints[hip][0],
                    person.joints[shoulder][1] - person.joints[hip][1]);
}

}  // namespace pbn
