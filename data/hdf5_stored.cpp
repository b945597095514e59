#include "data/hdf5_stored.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "data/hdf5_handle.h"

namespace pbn::hdf5 {
namespace {

const char* const damaged = "the file was damaged or never finished: make it again";

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

// Of the largest piece that is unpacked at once.
double chunk_values(hid_t creation) {
  std::vector<hsize_t> chunk(H5S_MAX_RANK);
  chunk.resize(static_cast<std::size_t>(std::max(H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data()), 0)));
  return product(chunk, 1);
}

bool is_in_file(hid_t dataset, H5D_layout_t layout, double bytes, std::uintmax_t file_bytes) {
  if (layout == H5D_CONTIGUOUS) return lies_in_one_piece(dataset, bytes, file_bytes);
  const double packing = layout == H5D_CHUNKED ? 1100 : 1;  // deflate packs at most about a thousand to one
  return bytes <= packing * static_cast<double>(H5Dget_storage_size(dataset));
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

void require_stored(const std::string& where, hid_t dataset, const std::vector<std::size_t>& shape, std::size_t width,
                    std::uintmax_t file_bytes) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(creation);
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation) > 0) {
    throw data_error(where, "copy the values into this one", "its values are in other files");
  }
  if (!is_in_file(dataset, layout, product(shape, static_cast<double>(H5Tget_size(type))), file_bytes)) {
    throw data_error(where, damaged, "says that its shape is {}, but its values are not in the file", describe(shape));
  }
  const double values = std::max(product(shape, 1), layout == H5D_CHUNKED ? chunk_values(creation) : 0);
  const std::size_t most = layout == H5D_CHUNKED ? most_packed_memory : most_memory;
  if (values * static_cast<double>(width) > static_cast<double>(most)) {
    throw data_error(where, layout == H5D_CHUNKED ? "write it in one piece (no chunks)" : "",
                     "has the shape {}; more than {} MiB are not read", describe(shape), most >> 20);
  }
}

}  // namespace pbn::hdf5
