// MATLAB arrays for tests of readers.
#pragma once

#include <matio.h>

#include <filesystem>
#include <vector>

namespace pbn::data {

// Adds a variable of doubles, first index fastest, to a MATLAB file, which is created if necessary.
inline void add_matlab_array(const std::filesystem::path& file, const char* name, std::vector<std::size_t> shape,
                             std::vector<double> values, matio_compression compression = MAT_COMPRESSION_NONE) {
  mat_t* mat = std::filesystem::exists(file) ? Mat_Open(file.c_str(), MAT_ACC_RDWR)
                                             : Mat_CreateVer(file.c_str(), "MATLAB 5.0 MAT-file", MAT_FT_MAT5);
  matvar_t* variable =
      Mat_VarCreate(name, MAT_C_DOUBLE, MAT_T_DOUBLE, static_cast<int>(shape.size()), shape.data(), values.data(), 0);
  Mat_VarWrite(mat, variable, compression);
  Mat_VarFree(variable);
  Mat_Close(mat);
}

}  // namespace pbn::data
