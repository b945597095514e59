#include "data/matlab/matlab_file.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/matlab/matlab_element.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

// The header's first bytes say "MATLAB 5.0" or "MATLAB 7.3" as a rule; the version itself is this number.
bool is_version_7_3(std::string_view bytes) {
  return bytes.size() >= 128 && bytes.substr(124, 4) == std::string_view("\0\2IM", 4);
}

// Version 7.3 is HDF5 with the axes in the opposite order.
MatlabArray read_version_7_3(const fs::path& file, const std::string& variable) {
  const Hdf5Reader reader(file);
  if (!reader.has(variable)) {
    throw data_error(reader.where(variable), "MATLAB's whos shows which there are", "there is no such variable");
  }
  auto [shape, values] = reader.read<double>(variable);
  std::reverse(shape.begin(), shape.end());
  return {std::move(shape), std::move(values)};
}

}  // namespace

double MatlabArray::at(std::initializer_list<std::size_t> index) const {
  std::size_t offset = 0, stride = 1, axis = 0;
  for (const std::size_t i : index) {
    offset += i * stride;
    stride *= shape[axis++];
  }
  return values[offset];
}

bool is_matlab_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file)) {
    throw environment_error(file.string(), "check the path and its permissions", "cannot be read");
  }
  std::array<char, 6> start{};
  in.read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == "MATLAB";
}

MatlabArray read_matlab_array(const fs::path& file, const std::string& variable) {
  const std::string bytes = read_file(file);
  if (is_version_7_3(bytes)) return read_version_7_3(file, variable);
  const std::string where = file.string() + ": " + variable;
  const std::string matrix_element = matlab::matrix_bytes(bytes, file.string(), variable);
  std::string_view rest = matrix_element;
  const matlab::Matrix matrix = matlab::matrix_in(matlab::take_element(rest, where), where);
  if (!matrix.is_numeric()) throw data_error(where, "", "is not an array of real numbers");
  return {matrix.shape, matlab::values_of(matrix, where)};
}

std::optional<std::string> read_matlab_text(const fs::path& file, const std::string& variable) {
  const std::string bytes = read_file(file);
  if (is_version_7_3(bytes)) return std::nullopt;
  const auto element = matlab::find_matrix_bytes(bytes, file.string(), variable);
  if (!element) return std::nullopt;
  const std::string where = file.string() + ": " + variable;
  std::string_view rest = *element;
  const matlab::Matrix matrix = matlab::matrix_in(matlab::take_element(rest, where), where);
  if (matrix.kind != matlab::MatrixClass::text) throw data_error(where, "", "is not a text");
  std::string text;
  for (const double code : matlab::values_of(matrix, where)) {
    if (code < ' ' || code > '~') throw data_error(where, "", "holds the character {}; expected plain ASCII", code);
    text.push_back(static_cast<char>(code));
  }
  return text;
}

MatlabStructs parse_matlab_structs(std::string_view bytes, const std::string& file, const std::string& variable) {
  if (is_version_7_3(bytes)) {
    throw data_error(file, "save it with MATLAB's -v7", "holds structs in MATLAB's version 7.3");
  }
  auto element = std::make_shared<const std::string>(matlab::matrix_bytes(bytes, file, variable));
  return MatlabStructs(element, *element, file + ": " + variable);
}

MatlabStructs read_matlab_structs(const fs::path& file, const std::string& variable) {
  return parse_matlab_structs(read_file(file), file.string(), variable);
}

}  // namespace pbn
