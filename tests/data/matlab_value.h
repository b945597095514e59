// Nested MATLAB variables for tests of readers, written by matio.
#pragma once

#include <matio.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace pbn::data {

// The enclosing struct or cell owns a variable of matio; write_matlab_variable owns the outermost.
template <typename T>
matvar_t* matlab_numbers(matio_classes kind, matio_types type, std::vector<T> values) {
  std::size_t shape[2] = {values.empty() ? 0U : 1U, values.size()};
  return Mat_VarCreate(nullptr, kind, type, 2, shape, values.data(), 0);
}

inline matvar_t* matlab_number(double value) { return matlab_numbers<double>(MAT_C_DOUBLE, MAT_T_DOUBLE, {value}); }
inline matvar_t* matlab_single(float value) { return matlab_numbers<float>(MAT_C_SINGLE, MAT_T_SINGLE, {value}); }
inline matvar_t* matlab_int16(std::int16_t value) {
  return matlab_numbers<std::int16_t>(MAT_C_INT16, MAT_T_INT16, {value});
}
inline matvar_t* matlab_uint8(std::uint8_t value) {
  return matlab_numbers<std::uint8_t>(MAT_C_UINT8, MAT_T_UINT8, {value});
}
inline matvar_t* matlab_empty() { return matlab_numbers<double>(MAT_C_DOUBLE, MAT_T_DOUBLE, {}); }

inline matvar_t* matlab_text(std::string text) {
  std::size_t shape[2] = {text.empty() ? 0U : 1U, text.size()};
  return Mat_VarCreate(nullptr, MAT_C_CHAR, MAT_T_UTF8, 2, shape, text.data(), 0);
}

inline matvar_t* matlab_cells(std::vector<matvar_t*> cells) {
  std::size_t shape[2] = {cells.size(), 1};
  return Mat_VarCreate(nullptr, MAT_C_CELL, MAT_T_CELL, 2, shape, cells.data(), 0);
}

// The fields of one struct of an array. Fields that other structs of the array have are [] if not given.
using MatlabFields = std::vector<std::pair<std::string, matvar_t*>>;

inline matvar_t* matlab_structs(const std::vector<MatlabFields>& structs, const char* name = nullptr) {
  const std::size_t shape[2] = {1, structs.size()};
  matvar_t* array = Mat_VarCreateStruct2(name, 2, shape, nullptr);
  std::vector<std::string> known;
  for (const MatlabFields& fields : structs) {
    for (const auto& [field, value] : fields) {
      if (std::find(known.begin(), known.end(), field) != known.end()) continue;
      known.push_back(field);
      Mat_VarAddStructField(array, field.c_str());
    }
  }
  for (std::size_t i = 0; i < structs.size(); ++i) {
    for (const std::string& field : known) Mat_VarSetStructFieldByName(array, field.c_str(), i, matlab_empty());
    for (const auto& [field, value] : structs[i]) {
      Mat_VarFree(Mat_VarSetStructFieldByName(array, field.c_str(), i, value));
    }
  }
  return array;
}

// Writes a file of version 5 with this variable and frees the variable.
inline void write_matlab_variable(const std::filesystem::path& file, matvar_t* variable,
                                  matio_compression compression = MAT_COMPRESSION_ZLIB) {
  mat_t* mat = Mat_CreateVer(file.c_str(), "MATLAB 5.0 MAT-file", MAT_FT_MAT5);
  Mat_VarWrite(mat, variable, compression);
  Mat_VarFree(variable);
  Mat_Close(mat);
}

}  // namespace pbn::data
