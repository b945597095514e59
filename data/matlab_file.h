// Numeric variables of MATLAB files (.mat, version 5 and 7.3).
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

namespace pbn {

struct MatlabArray {
  std::vector<std::size_t> shape;  // as MATLAB shows it; never empty
  std::vector<double> values;      // the first index runs fastest

  double at(std::initializer_list<std::size_t> index) const;  // from 0; one for each axis
};

// By its first bytes. Throws an environment error when the file cannot be read.
bool is_matlab_file(const std::filesystem::path& file);

// Throws a data error that names file and variable: cut file, no such variable, not a real numeric array.
MatlabArray read_matlab_array(const std::filesystem::path& file, const std::string& variable);

}  // namespace pbn
