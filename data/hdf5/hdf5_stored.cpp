#include "data/hdf5/hdf5_stored.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"
#include "data/hdf5/hdf5_failure.h"
#include "data/hdf5/hdf5_handle.h"

namespace pbn::data::hdf5 {
namespace {

const char* const never_written = "they were never written, or the file is damaged";

// Products of extents can exceed any integer, so they are computed in floating point.
template <typename Extents>
double product(const Extents& extents, double start) {
  return std::accumulate(extents.begin(), extents.end(), start,
                         [](double all, auto extent) { return all * static_cast<double>(extent); });
}

bool is_contiguous_in_file(hid_t dataset, double bytes, std::uintmax_t file_bytes) {
  const haddr_t offset = H5Dget_offset(dataset);
  if (offset == HADDR_UNDEF) return bytes == 0;
  return static_cast<double>(offset) + bytes <= static_cast<double>(file_bytes);
}

std::vector<hsize_t> chunk_of(hid_t creation) {
  std::vector<hsize_t> chunk(H5S_MAX_RANK);
  chunk.resize(static_cast<std::size_t>(std::max(H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data()), 0)));
  return chunk;
}

// HDF5 would return zeros for chunks that were never written.
bool has_all_chunks(hid_t dataset, const std::vector<std::size_t>& shape, const std::vector<hsize_t>& chunk) {
  double expected = 1;
  for (std::size_t axis = 0; axis < std::min(shape.size(), chunk.size()); ++axis) {
    expected *= std::ceil(static_cast<double>(shape[axis]) / static_cast<double>(std::max<hsize_t>(chunk[axis], 1)));
  }
  hsize_t written = 0;
  const Handle space(H5Dget_space(dataset), H5Sclose);
  return H5Dget_num_chunks(dataset, space, &written) >= 0 && static_cast<double>(written) >= expected;
}

void require_in_this_file(const std::string& where, hid_t dataset) {
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(creation) == H5D_VIRTUAL) throw error_of(where, values_elsewhere("a virtual dataset"));
  if (H5Pget_external_count(creation) > 0) throw error_of(where, values_elsewhere("external storage"));
}

}  // namespace

bool is_number(hid_t type) {
  const std::size_t bits = 8 * H5Tget_size(type);
  if (bits > 64 || H5Tget_precision(type) != bits || H5Tget_offset(type) != 0) return false;
  if (H5Tget_class(type) == H5T_INTEGER) return true;
  if (H5Tget_class(type) != H5T_FLOAT || H5Tget_norm(type) != H5T_NORM_IMPLIED) return false;
  std::size_t sign = 0, exponent = 0, exponent_bits = 0, mantissa = 0, mantissa_bits = 0;
  H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits);
  const std::size_t expected_bits = bits == 64 ? 11 : bits == 32 ? 8 : 5;
  return bits >= 16 && exponent_bits == expected_bits && mantissa == 0 && mantissa_bits == exponent &&
         sign == bits - 1 && exponent + exponent_bits == sign &&
         H5Tget_ebias(type) == (std::size_t{1} << (expected_bits - 1)) - 1;
}

std::string type_in_words(hid_t type) {
  static const std::map<H5T_class_t, const char*> words{{H5T_STRING, "texts"},
                                                        {H5T_ENUM, "an enumeration (h5py: bool)"},
                                                        {H5T_COMPOUND, "compounds"},
                                                        {H5T_REFERENCE, "references"},
                                                        {H5T_VLEN, "lists of variable length"},
                                                        {H5T_INTEGER, "numbers in an unknown format"},
                                                        {H5T_FLOAT, "numbers in an unknown format"}};
  const H5T_class_t kind = H5Tget_class(type);
  if (is_number(type)) {
    const char* const name = kind == H5T_FLOAT ? "float" : H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int";
    return fmt::format("{}{}", name, 8 * H5Tget_size(type));
  }
  const auto found = words.find(kind);
  return found == words.end() ? "values of another type" : found->second;
}

std::int64_t require_contiguous(const std::string& where, hid_t dataset, double bytes, std::uintmax_t file_bytes) {
  require_in_this_file(where, dataset);
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(creation) != H5D_CONTIGUOUS) {
    throw data_error(where, "write it without chunks, compression and maxshape, which is the default of h5py",
                     "its values are not in the file in one piece");
  }
  if (!is_contiguous_in_file(dataset, bytes, file_bytes)) {
    throw data_error(where, never_written, "its values are not in the file in one piece");
  }
  return static_cast<std::int64_t>(H5Dget_offset(dataset));
}

void require_stored(const std::string& where, hid_t dataset, const std::vector<std::size_t>& shape, std::size_t width,
                    std::uintmax_t file_bytes) {
  require_in_this_file(where, dataset);
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(creation);
  const bool is_chunked = layout == H5D_CHUNKED;
  const std::vector<hsize_t> chunk = is_chunked ? chunk_of(creation) : std::vector<hsize_t>();
  const double bytes = product(shape, static_cast<double>(H5Tget_size(type)));
  const bool is_there = is_chunked                 ? has_all_chunks(dataset, shape, chunk)
                        : layout == H5D_CONTIGUOUS ? is_contiguous_in_file(dataset, bytes, file_bytes)
                                                   : bytes <= static_cast<double>(H5Dget_storage_size(dataset));
  if (!is_there) {
    throw data_error(where, never_written, "says that its shape is {}, but its values are not in the file",
                     describe(shape));
  }
  const double values = std::max(product(shape, 1), is_chunked ? product(chunk, 1) : 0);
  const std::size_t most = is_chunked ? most_packed_memory : most_memory;
  if (values * static_cast<double>(width) > static_cast<double>(most)) {
    throw data_error(where, is_chunked ? "write it in one piece (no chunks, no compression)" : "split the file",
                     "has the shape {}; more than {} MiB are not read{}", describe(shape), most >> 20,
                     is_chunked ? " of a dataset in chunks" : "");
  }
}

}  // namespace pbn::data::hdf5
