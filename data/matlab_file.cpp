#include "data/matlab_file.h"

#include <matio.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <numeric>

#include "base/error.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_bytes = 128;

using MatFile = std::unique_ptr<mat_t, int (*)(mat_t*)>;
using MatVariable = std::unique_ptr<matvar_t, void (*)(matvar_t*)>;

std::ifstream opened(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file)) {
    throw environment_error(file.string(), "check the path and its permissions", "cannot be read");
  }
  return in;
}

std::uint32_t swapped(std::uint32_t word) {
  return (word << 24) | ((word & 0xFF00) << 8) | ((word >> 8) & 0xFF00) | (word >> 24);
}

// matio takes what a cut file lacks for zeros, so see first that the last data element of a version 5 file ends where
// the file does (MAT-file format, "data element format"): a tag of type and length, then the data.
void require_whole_version_5(const fs::path& file) {
  constexpr std::uint32_t compressed = 15;  // miCOMPRESSED, the one kind that is not padded to 8 bytes
  std::ifstream in = opened(file);
  std::array<char, header_bytes> header{};
  in.read(header.data(), header.size());
  const bool other_endian = header[126] == 'M';  // "IM" in little-endian files
  const std::uint64_t size = fs::file_size(file);
  std::uint64_t end = header_bytes;
  while (in && end < size) {
    std::array<std::uint32_t, 2> tag{};
    in.seekg(static_cast<std::streamoff>(end));
    in.read(reinterpret_cast<char*>(tag.data()), sizeof tag);
    if (other_endian) std::transform(tag.begin(), tag.end(), tag.begin(), swapped);
    end += sizeof tag + (tag[0] == compressed ? tag[1] : (std::uint64_t{tag[1]} + 7) / 8 * 8);
  }
  if (end != size) {
    throw data_error(file.string(), "copy it again", "is a MATLAB file that was cut short or damaged");
  }
}

template <typename T>
std::vector<double> as_doubles(const matvar_t& variable, std::size_t count) {
  const T* values = static_cast<const T*>(variable.data);
  return {values, values + count};
}

std::vector<double> numeric_values(const matvar_t& variable, std::size_t count) {
  switch (variable.class_type) {
    case MAT_C_DOUBLE:
      return as_doubles<double>(variable, count);
    case MAT_C_SINGLE:
      return as_doubles<float>(variable, count);
    case MAT_C_INT8:
      return as_doubles<std::int8_t>(variable, count);
    case MAT_C_UINT8:
      return as_doubles<std::uint8_t>(variable, count);
    case MAT_C_INT16:
      return as_doubles<std::int16_t>(variable, count);
    case MAT_C_UINT16:
      return as_doubles<std::uint16_t>(variable, count);
    case MAT_C_INT32:
      return as_doubles<std::int32_t>(variable, count);
    case MAT_C_UINT32:
      return as_doubles<std::uint32_t>(variable, count);
    case MAT_C_INT64:
      return as_doubles<std::int64_t>(variable, count);
    case MAT_C_UINT64:
      return as_doubles<std::uint64_t>(variable, count);
    default:
      return {};
  }
}

bool is_real_number_array(const matvar_t& variable) {
  return variable.class_type >= MAT_C_DOUBLE && variable.class_type <= MAT_C_UINT64 && !variable.isComplex &&
         variable.rank > 0;
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
  std::array<char, 6> start{};
  opened(file).read(start.data(), start.size());
  return std::memcmp(start.data(), "MATLAB", start.size()) == 0;
}

MatlabArray read_matlab_array(const fs::path& file, const std::string& name) {
  const std::string where = file.string() + ": " + name;
  const MatFile mat(Mat_Open(file.c_str(), MAT_ACC_RDONLY), Mat_Close);
  if (!mat) throw data_error(file.string(), "copy it again", "is not a MATLAB file, or was cut short");
  if (Mat_GetVersion(mat.get()) == MAT_FT_MAT5) require_whole_version_5(file);
  const MatVariable variable(Mat_VarReadInfo(mat.get(), name.c_str()), Mat_VarFree);
  if (!variable) throw data_error(where, "was it written by another program?", "there is no such variable");
  if (!is_real_number_array(*variable)) throw data_error(where, "", "is not an array of real numbers");

  MatlabArray array;
  array.shape.assign(variable->dims, variable->dims + variable->rank);
  // A damaged header must not make us allocate. Deflate packs at most about a thousand to one.
  const double count = std::accumulate(array.shape.begin(), array.shape.end(), 1.0, std::multiplies<>());
  if (count > 1100.0 * static_cast<double>(fs::file_size(file))) {
    throw data_error(where, "copy the file again", "claims more values than the file can hold; the file is damaged");
  }
  if (count > 0) {
    if (Mat_VarReadDataAll(mat.get(), variable.get()) != 0 || !variable->data) {
      throw data_error(where, "copy the file again", "cannot be read; the file is damaged");
    }
    array.values = numeric_values(*variable, static_cast<std::size_t>(count));
  }
  return array;
}

}  // namespace pbn
