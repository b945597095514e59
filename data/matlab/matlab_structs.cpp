// MatlabStructs of matlab_file.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/matlab/matlab_element.h"
#include "data/matlab/matlab_file.h"

namespace pbn {
namespace {

using namespace matlab;

Matrix matrix_of(std::string_view bytes, const std::string& where) {
  return matrix_in(take_element(bytes, where), where);
}

constexpr double widest_name = 256;  // MATLAB's have at most 63 characters

// Names stand in fields of equal width, filled up with zeros.
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

// One whole element, tag and padding included.
std::string_view take_whole_element(std::string_view& bytes, const std::string& where) {
  const std::string_view before = bytes;
  take_element(bytes, where);
  return before.substr(0, before.size() - bytes.size());
}

}  // namespace

MatlabStructs::MatlabStructs(std::shared_ptr<const std::string> bytes, std::string_view element, std::string path)
    : bytes_(std::move(bytes)), path_(std::move(path)) {
  const Matrix matrix = matrix_of(element, path_);
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
  const std::string_view found = element(index, field);
  if (found.empty()) return {};
  const std::string place = where(index, field);
  const Matrix matrix = matrix_of(found, place);
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
  const std::string_view found = element(index, field);
  if (found.empty()) return {};
  const std::string place = where(index, field);
  const Matrix matrix = matrix_of(found, place);
  if (matrix.count == 0) return {};
  if (matrix.kind != MatrixClass::text) throw data_error(place, "", "is not a text");
  std::string text;
  for (const double code : values_of(matrix, place)) {
    if (code < ' ' || code > '~') throw data_error(place, "", "holds the character {}; expected plain ASCII", code);
    text.push_back(static_cast<char>(code));
  }
  return text;
}

bool MatlabStructs::is_text(std::size_t index, std::string_view field) const {
  const std::string_view found = element(index, field);
  return !found.empty() && matrix_of(found, path_).kind == MatrixClass::text;
}

std::vector<std::vector<double>> MatlabStructs::cells_of_numbers(std::size_t index, std::string_view field) const {
  const std::string_view found = element(index, field);
  if (found.empty()) return {};
  const std::string place = where(index, field);
  const Matrix matrix = matrix_of(found, place);
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

}  // namespace pbn
