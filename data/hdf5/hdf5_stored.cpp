#include "data/hdf5/hdf5_stored.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "data/hdf5/hdf5_failure.h"
#include "data/hdf5/hdf5_handle.h"

namespace pbn::hdf5 {
namespace {

const char* const never_written = "they were never written, or the file is damaged";

// Products of extents may be beyond any integer, hence in floating point.
template <typename Extents>
double product(const Extents& extents, double start) {
  return std::accumulate(extents.begin(), extents.end(), start,
                         [](double all, auto extent) { return all * static_cast<double>(extent); });
}

bool lies_in_one_piece(hid_t dataset, double bytes, std::uintmax_t file_bytes) {
  const haddr_t offset = H5Dget_offset(dataset);
  if (offset == HADDR_UNDEF) return bytes == 0;
  return static_cast<double>(offset) + bytes <= static_cast<double>(file_bytes);
}

std::vector<hsize_t> chunk_of(hid_t creation) {
  std::vector<hsize_t> chunk(H5S_MAX_RANK);
  chunk.resize(static_cast<std::size_t>(std::max(H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data()), 0)));
  return chunk;
}

// HDF5 would read zeros for chunks that were never written.
bool has_all_chunks(hid_t dataset, const std::vector<std::size_t>& shape, const std::vector<hsize_t>& chunk) {
  double expected = 1;
  for (std::size_t axis = 0; axis < std::min(shape.size(), chunk.size()); ++axis) {
    expected *= std::ceil(static_cast<double>(shape[axis]) / static_cast<double>(std::max<hsize_t>(chunk[axis], 1)));
  }
  hsize_t written = 0;
  const Handle space(H5Dget_space(dataset), H5Sclose);
  return H5Dget_num_chunks(dataset, space, &written) >= 0 && static_cast<double>(written) >= expected;
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

Hdf5Type type_of(hid_t type) {
  if (!is_number(type)) return Hdf5Type::other;
  const std::size_t bytes = H5Tget_size(type);
  if (H5Tget_class(type) == H5T_FLOAT) {
    return bytes == 4 ? Hdf5Type::float32 : bytes == 8 ? Hdf5Type::float64 : Hdf5Type::other;
  }
  if (H5Tget_sign(type) == H5T_SGN_NONE) return bytes == 1 ? Hdf5Type::uint8 : Hdf5Type::other;
  return bytes == 1 ? Hdf5Type::int8 : bytes == 4 ? Hdf5Type::int32 : bytes == 8 ? Hdf5Type::int64 : Hdf5Type::other;
}

std::string type_in_words(hid_t type) {
  const char* const number[] = {"float", "uint", "int"};
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      if (!is_number(type)) return "numbers of an unknown form";
      return fmt::format("{}{}",
                         number[H5Tget_class(type) == H5T_FLOAT     ? 0
                                : H5Tget_sign(type) == H5T_SGN_NONE ? 1
                                                                    : 2],
                         8 * H5Tget_size(type));
    case H5T_STRING:
      return "texts";
    case H5T_ENUM:
      return "an enumeration (h5py: bool)";
    case H5T_COMPOUND:
      return "compounds";
    case H5T_REFERENCE:
      return "references";
    case H5T_VLEN:
      return "lists of any length";
    default:
      return "something else";
  }
}

void require_here(const std::string& where, hid_t dataset) {
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  std::string others;
  if (H5Pget_layout(creation) == H5D_VIRTUAL) {
    others = "a virtual dataset";
  } else if (H5Pget_external_count(creation) > 0) {
    others = "external storage";
  } else {
    return;
  }
  const Reason reason = values_elsewhere(others);
  throw data_error(where, reason.hint, "{}", reason.problem);
}

std::int64_t require_one_piece(const std::string& where, hid_t dataset, double bytes, std::uintmax_t file_bytes) {
  require_here(where, dataset);
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(creation) != H5D_CONTIGUOUS) {
    throw data_error(where, "write it without chunks, compression and maxshape, as h5py does by itself",
                     "its values are not in the file in one piece");
  }
  if (!lies_in_one_piece(dataset, bytes, file_bytes)) {
    throw data_error(where, never_written, "its values are not in the file in one piece");
  }
  return static_cast<std::int64_t>(H5Dget_offset(dataset));
}

void require_stored(const std::string& where, hid_t dataset, const std::vector<std::size_t>& shape, std::size_t width,
                    std::uintmax_t file_bytes) {
  require_here(where, dataset);
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(creation);
  const bool is_chunked = layout == H5D_CHUNKED;
  const std::vector<hsize_t> chunk = is_chunked ? chunk_of(creation) : std::vector<hsize_t>();
  const double bytes = product(shape, static_cast<double>(H5Tget_size(type)));
  const bool is_there = is_chunked                 ? has_all_chunks(dataset, shape, chunk)
                        : layout == H5D_CONTIGUOUS ? lies_in_one_piece(dataset, bytes, file_bytes)
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

}  // namespace pbn::hdf5
