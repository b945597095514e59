#include "data/matlab/matlab_element.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace pbn::data::matlab {
namespace {

constexpr std::size_t header_bytes = 128, tag_bytes = 8;
constexpr std::size_t most_axes = 32;
constexpr std::size_t most_values = std::size_t{1} << 40;
constexpr std::uint32_t complex_flag = 0x800;
constexpr std::uint64_t highest_deflation = 1100;  // deflate compresses by at most about a factor of 1032

template <typename T>
T value_at(std::string_view bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
std::vector<double> as_doubles(std::string_view bytes) {
  std::vector<double> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(value_at<T>(bytes, i));
  return values;
}

std::size_t product(const std::vector<std::size_t>& shape, const std::string& where) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) {
    if (extent != 0 && count > most_values / extent) throw damaged(where);
    count *= extent;
  }
  return count;
}

// Inflates up to `most` bytes. zlib verifies its checksum if the stream ends within them.
std::string inflated(std::string_view packed, std::size_t most, bool to_the_end, const std::string& where) {
  std::string bytes(most, '\0');
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw environment_error(where, "", "zlib cannot be started");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int result = inflate(&stream, to_the_end ? Z_FINISH : Z_SYNC_FLUSH);
  bytes.resize(stream.total_out);
  inflateEnd(&stream);
  if (to_the_end ? result != Z_STREAM_END : result != Z_OK && result != Z_STREAM_END) throw damaged(where);
  return bytes;
}

// The name at the start of a variable's matrix element; `bytes` may end after it.
std::string name_in(std::string_view bytes, const std::string& where) {
  if (bytes.size() < tag_bytes) throw damaged(where);
  bytes.remove_prefix(tag_bytes);
  take_element(bytes, where);  // flags
  take_element(bytes, where);  // shape
  return std::string(take_element(bytes, where).content);
}

// The matrix element of a variable if its name is `variable`.
std::optional<std::string> matrix_bytes_if(const Element& element, const std::string& variable,
                                           const std::string& where) {
  if (element.type == type_matrix) {
    std::string bytes(tag_bytes, '\0');
    const std::uint32_t tag[2] = {type_matrix, static_cast<std::uint32_t>(element.content.size())};
    std::memcpy(bytes.data(), tag, sizeof tag);
    bytes += element.content;
    return name_in(bytes, where) == variable ? std::optional(std::move(bytes)) : std::nullopt;
  }
  if (element.type != type_compressed) return std::nullopt;
  constexpr std::size_t enough_for_a_name = 1024;  // MATLAB's names have at most 63 characters
  const std::string start = inflated(element.content, enough_for_a_name, false, where);
  if (name_in(start, where) != variable) return std::nullopt;
  const std::uint64_t size = tag_bytes + std::uint64_t{value_at<std::uint32_t>(start, 1)};
  if (size > highest_deflation * element.content.size()) throw damaged(where);
  return inflated(element.content, size, true, where);
}

}  // namespace

Error damaged(const std::string& where) { return data_error(where, "copy it again", "is damaged or was cut short"); }

Element take_element(std::string_view& bytes, const std::string& where) {
  if (bytes.size() < tag_bytes) throw damaged(where);
  const auto first = value_at<std::uint32_t>(bytes, 0);
  if (const std::uint32_t small = first >> 16; small != 0) {  // up to four bytes are stored in the tag itself
    if (small > 4) throw damaged(where);
    const Element element{first & 0xFFFF, bytes.substr(4, small)};
    bytes.remove_prefix(tag_bytes);
    return element;
  }
  const std::size_t length = value_at<std::uint32_t>(bytes, 1);
  // All elements except compressed variables are padded to eight bytes.
  const std::size_t padded = first == type_compressed ? length : (length + 7) / 8 * 8;
  if (padded > bytes.size() - tag_bytes) throw damaged(where);
  const Element element{first, bytes.substr(tag_bytes, length)};
  bytes.remove_prefix(tag_bytes + padded);
  return element;
}

std::vector<double> numbers_in(const Element& element, const std::string& where) {
  using Read = std::vector<double> (*)(std::string_view);
  static const std::map<std::uint32_t, Read> by_type{
      {1, as_doubles<std::int8_t>},    {2, as_doubles<std::uint8_t>},   {3, as_doubles<std::int16_t>},
      {4, as_doubles<std::uint16_t>},  {5, as_doubles<std::int32_t>},   {6, as_doubles<std::uint32_t>},
      {7, as_doubles<float>},          {9, as_doubles<double>},         {12, as_doubles<std::int64_t>},
      {13, as_doubles<std::uint64_t>}, {16, as_doubles<std::uint8_t>},   // UTF-8
      {17, as_doubles<std::uint16_t>}, {18, as_doubles<std::uint32_t>},  // UTF-16, UTF-32
  };
  const auto found = by_type.find(element.type);
  if (found == by_type.end()) throw damaged(where);
  return found->second(element.content);
}

Matrix matrix_in(const Element& element, const std::string& where) {
  if (element.type != type_matrix) throw damaged(where);
  Matrix matrix;
  if (element.content.empty()) {
    matrix.shape = {0, 0};
    return matrix;
  }
  matrix.content = element.content;
  const Element flags = take_element(matrix.content, where);
  if (flags.content.size() < 4) throw damaged(where);
  const auto word = value_at<std::uint32_t>(flags.content, 0);
  matrix.kind = static_cast<MatrixClass>(word & 0xFF);
  matrix.complex = (word & complex_flag) != 0;
  const Element shape = take_element(matrix.content, where);
  const std::size_t axes = shape.content.size() / sizeof(std::uint32_t);
  if (axes == 0 || axes > most_axes) throw damaged(where);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    matrix.shape.push_back(value_at<std::uint32_t>(shape.content, axis));
  }
  matrix.count = product(matrix.shape, where);
  matrix.name = take_element(matrix.content, where).content;
  return matrix;
}

Matrix matrix_in(std::string_view bytes, const std::string& where) {
  return bytes.empty() ? Matrix() : matrix_in(take_element(bytes, where), where);
}

std::vector<double> values_of(const Matrix& matrix, const std::string& where) {
  if (matrix.complex || !(matrix.is_numeric() || matrix.kind == MatrixClass::text)) {
    throw data_error(where, "", "is not an array of real numbers");
  }
  if (matrix.count == 0) return {};
  std::string_view content = matrix.content;
  std::vector<double> values = numbers_in(take_element(content, where), where);
  if (values.size() != matrix.count) throw damaged(where);
  return values;
}

std::optional<std::string> find_matrix_bytes(std::string_view file_bytes, const std::string& file,
                                             const std::string& variable) {
  if (file_bytes.size() < header_bytes || file_bytes.substr(126, 2) != "IM") {
    throw data_error(file, "copy it again", "is not a MATLAB file, or was cut short");
  }
  std::string_view rest = file_bytes.substr(header_bytes);
  const std::string where = file + ": " + variable;
  std::optional<std::string> found;
  while (!rest.empty()) {  // continues after the variable was found: a cut file is refused
    const Element element = take_element(rest, file);
    if (!found) found = matrix_bytes_if(element, variable, where);
  }
  return found;
}

std::string matrix_bytes(std::string_view file_bytes, const std::string& file, const std::string& variable) {
  auto found = find_matrix_bytes(file_bytes, file, variable);
  if (!found)
    throw data_error(file + ": " + variable, "MATLAB's whos lists the variables", "there is no such variable");
  return std::move(*found);
}

std::string text_of(const Matrix& matrix, const std::string& where) {
  if (matrix.kind != MatrixClass::text) throw data_error(where, "", "is not a text");
  std::string text;
  for (const double code : values_of(matrix, where)) {
    if (code < ' ' || code > '~') throw data_error(where, "", "holds the character {}; expected plain ASCII", code);
    text.push_back(static_cast<char>(code));
  }
  return text;
}

}  // namespace pbn::data::matlab
