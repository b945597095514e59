#include "data/matlab/matlab_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/matlab/matlab_element.h"

namespace pbn::data {
namespace {

using namespace matlab;
namespace fs = std::filesystem;

// The text of the header usually says "MATLAB 5.0" or "MATLAB 7.3", but only this number is reliable.
bool is_version_7_3(std::string_view bytes) {
  return bytes.size() >= 128 && bytes.substr(124, 4) == std::string_view("\0\2IM", 4);
}

// Version 7.3 is HDF5 with the axes in reverse order.
MatlabArray read_version_7_3(const fs::path& file, const std::string& variable) {
  const Hdf5Reader reader(file);
  if (!reader.has(variable)) {
    throw data_error(reader.where(variable), "MATLAB's whos lists the variables", "there is no such variable");
  }
  auto [shape, values] = reader.read<double>(variable);
  std::reverse(shape.begin(), shape.end());
  return {std::move(shape), std::move(values)};
}

constexpr double widest_name = 256;  // MATLAB's names have at most 63 characters

// Names have equal width, padded with zeros.
std::vector<std::string_view> field_names(std::string_view& content, const std::string& where) {
  const std::vector<double> width = numbers_in(take_element(content, where), where);
  const std::string_view names = take_element(content, where).content;
  if (width.size() != 1 || !(width[0] >= 1 && width[0] <= widest_name)) throw damaged(where);
  std::vector<std::string_view> fields;
  const auto step = static_cast<std::size_t>(width[0]);
  for (std::size_t at = 0; at + step <= names.size(); at += step) {
    const std::string_view padded = names.substr(at, step);
    fields.push_back(padded.substr(0, padded.find('\0')));
  }
  return fields;
}

// One element with its tag and padding.
std::string_view take_whole_element(std::string_view& bytes, const std::string& where) {
  const std::string_view before = bytes;
  take_element(bytes, where);
  return before.substr(0, before.size() - bytes.size());
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
  const std::string element = matrix_bytes(bytes, file.string(), variable);
  const Matrix matrix = matrix_in(element, where);
  if (!matrix.is_numeric()) throw data_error(where, "", "is not an array of real numbers");
  return {matrix.shape, values_of(matrix, where)};
}

std::optional<std::string> read_matlab_text(const fs::path& file, const std::string& variable) {
  const std::string bytes = read_file(file);
  if (is_version_7_3(bytes)) return std::nullopt;
  const auto element = find_matrix_bytes(bytes, file.string(), variable);
  if (!element) return std::nullopt;
  const std::string where = file.string() + ": " + variable;
  return text_of(matrix_in(*element, where), where);
}

MatlabStructs parse_matlab_structs(std::string_view bytes, const std::string& file, const std::string& variable) {
  if (is_version_7_3(bytes)) {
    throw data_error(file, "save it with MATLAB's -v7", "holds structs in MATLAB's version 7.3");
  }
  auto element = std::make_shared<const std::string>(matrix_bytes(bytes, file, variable));
  return MatlabStructs(element, *element, file + ": " + variable);
}

MatlabStructs read_matlab_structs(const fs::path& file, const std::string& variable) {
  return parse_matlab_structs(read_file(file), file.string(), variable);
}

MatlabStructs::MatlabStructs(std::shared_ptr<const std::string> bytes, std::string_view element, std::string path)
    : bytes_(std::move(bytes)), path_(std::move(path)) {
  const Matrix matrix = matrix_in(element, path_);
  if (matrix.count == 0) return;
  if (matrix.kind != MatrixClass::structure) throw data_error(path_, "", "is not a struct");
  std::string_view content = matrix.content;
  fields_ = field_names(content, path_);
  if (fields_.empty()) return;
  if (matrix.count > content.size() / fields_.size()) throw damaged(path_);
  size_ = matrix.count;
  elements_.reserve(size_ * fields_.size());
  for (std::size_t i = 0; i < size_ * fields_.size(); ++i) elements_.push_back(take_whole_element(content, path_));
}

std::string MatlabStructs::where(std::size_t index) const {
  return size_ == 1 ? path_ : fmt::format("{}({})", path_, index + 1);
}

std::string MatlabStructs::where(std::size_t index, std::string_view field) const {
  return fmt::format("{}.{}", where(index), field);
}

MatlabStructs MatlabStructs::structs(std::size_t index, std::string_view field) const {
  const std::string_view found = element(index, field);
  return found.empty() ? MatlabStructs() : MatlabStructs(bytes_, found, where(index, field));
}

std::vector<double> MatlabStructs::numbers(std::size_t index, std::string_view field) const {
  const std::string place = where(index, field);
  const Matrix matrix = matrix_in(element(index, field), place);
  if (matrix.count != 0 && !matrix.is_numeric()) throw data_error(place, "", "is not a number");
  return values_of(matrix, place);
}

std::optional<double> MatlabStructs::number(std::size_t index, std::string_view field) const {
  const std::vector<double> values = numbers(index, field);
  if (values.empty()) return std::nullopt;
  if (values.size() > 1) throw data_error(where(index, field), "", "holds {} numbers; expected one", values.size());
  return values[0];
}

std::string MatlabStructs::text(std::size_t index, std::string_view field) const {
  const std::string place = where(index, field);
  const Matrix matrix = matrix_in(element(index, field), place);
  return matrix.count == 0 ? "" : text_of(matrix, place);
}

bool MatlabStructs::is_text(std::size_t index, std::string_view field) const {
  return matrix_in(element(index, field), path_).kind == MatrixClass::text;
}

std::vector<std::vector<double>> MatlabStructs::cells_of_numbers(std::size_t index, std::string_view field) const {
  const std::string place = where(index, field);
  const Matrix matrix = matrix_in(element(index, field), place);
  if (matrix.count == 0) return {};
  if (matrix.kind != MatrixClass::cell) throw data_error(place, "", "is not a cell array");
  std::vector<std::vector<double>> cells;
  std::string_view content = matrix.content;
  for (std::size_t i = 0; i < matrix.count; ++i) {
    const std::string cell = fmt::format("{}{{{}}}", place, i + 1);
    cells.push_back(values_of(matrix_in(take_element(content, cell), cell), cell));
  }
  return cells;
}

std::string_view MatlabStructs::element(std::size_t index, std::string_view field) const {
  const auto found = std::find(fields_.begin(), fields_.end(), field);
  return found == fields_.end() ? std::string_view{} : elements_[index * fields_.size() + (found - fields_.begin())];
}

}  // namespace pbn::data
