#include "data/sources/leeds.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "data/hdf5.h"

namespace pbn {
namespace fs = std::filesystem;

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

fs::path leeds_photograph(const fs::path& folder, std::size_t number, int digits) {
  return folder / "images" / fmt::format("im{:0{}}.jpg", number, digits);
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
