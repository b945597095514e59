#include "evaluation/matlab_output.h"

#include <matio.h>

#include <cstring>

#include "base/error.h"
#include "base/files.h"

namespace pbn::evaluation {
namespace {

template <typename T>
matvar_t* array(matio_classes kind, matio_types type, const std::vector<std::size_t>& shape, const T* values) {
  std::vector<std::size_t> dimensions = shape;  // matio takes non-const pointers, but only copies from them
  return Mat_VarCreate(nullptr, kind, type, static_cast<int>(shape.size()), dimensions.data(), const_cast<T*>(values),
                       0);
}

}  // namespace

MatlabValue::MatlabValue(matvar_t* value) : value_(value, Mat_VarFree) {
  if (!value) throw bug_error("MATLAB", "", "matio cannot make a variable");
}

MatlabValue MatlabValue::numbers(const std::vector<std::size_t>& shape, const std::vector<double>& values) {
  return MatlabValue(array(MAT_C_DOUBLE, MAT_T_DOUBLE, shape, values.data()));
}

MatlabValue MatlabValue::singles(const std::vector<std::size_t>& shape, const std::vector<float>& values) {
  return MatlabValue(array(MAT_C_SINGLE, MAT_T_SINGLE, shape, values.data()));
}

MatlabValue MatlabValue::text(const std::string& text) {
  return MatlabValue(
      array(MAT_C_CHAR, MAT_T_UTF8, {text.empty() ? std::size_t{0} : std::size_t{1}, text.size()}, text.data()));
}

MatlabValue MatlabValue::cells(std::vector<MatlabValue> cells) {
  std::vector<matvar_t*> owned;
  for (MatlabValue& cell : cells) owned.push_back(cell.value_.release());
  return MatlabValue(array(MAT_C_CELL, MAT_T_CELL, {1, owned.size()}, owned.data()));
}

MatlabValue MatlabValue::structs(std::size_t count, std::initializer_list<const char*> fields) {
  std::vector<const char*> names(fields);
  std::size_t shape[2] = {1, count};
  MatlabValue result(Mat_VarCreateStruct(nullptr, 2, shape, names.data(), static_cast<unsigned>(names.size())));
  for (std::size_t index = 0; index < count; ++index) {
    for (const char* field : fields) result.set(index, field, empty());
  }
  return result;
}

void MatlabValue::set(std::size_t index, const char* field, MatlabValue value) {
  matvar_t* const before = Mat_VarSetStructFieldByName(value_.get(), field, index, value.value_.release());
  if (before) Mat_VarFree(before);
}

void write_matlab_file(const std::filesystem::path& file, const std::vector<MatlabVariable>& variables) {
  UnfinishedFile unfinished(file);
  const auto failure = [&] {
    return environment_error(file.string(), "is the disk full or the folder missing?", "cannot be written");
  };
  std::unique_ptr<mat_t, int (*)(mat_t*)> mat(
      Mat_CreateVer(unfinished.path().c_str(), "MATLAB 5.0 MAT-file, written by pbn", MAT_FT_MAT5), Mat_Close);
  if (!mat) throw failure();
  for (const MatlabVariable& variable : variables) {
    matvar_t* const value = variable.value.value_.get();
    value->name = strdup(variable.name.c_str());  // freed with the value
    if (Mat_VarWrite(mat.get(), value, MAT_COMPRESSION_ZLIB) != 0) throw failure();
  }
  mat.reset();
  unfinished.commit();
}

void write_matlab_file(const std::filesystem::path& file, const std::string& name, MatlabValue value) {
  std::vector<MatlabVariable> variables;
  variables.push_back({name, std::move(value)});
  write_matlab_file(file, variables);
}

}  // namespace pbn::evaluation
