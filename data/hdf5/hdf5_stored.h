// Checks of a dataset's header against the file: the HDF5 library allocates whatever a damaged or hostile header
// claims. Private to data/hdf5/.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/hdf5/hdf5.h"

namespace pbn::data::hdf5 {

// Whether values are whole bytes in IEEE format or two's complement, as all programs write them.
bool is_number(hid_t type);

std::string type_in_words(hid_t type);  // "float32", "texts"

// The most memory for one dataset: contiguous, and in chunks, in which a small file can claim a lot.
constexpr std::size_t most_memory = std::size_t{1} << 30;
constexpr std::size_t most_packed_memory = std::size_t{64} << 20;

// Throws a data error unless the values are in this file and need no more memory than that.
// `width`: bytes of one value, stored or in memory, whichever is larger.
void require_stored(const std::string& where, hid_t dataset, const std::vector<std::size_t>& shape, std::size_t width,
                    std::uintmax_t file_bytes);

// Byte offset of the values. Throws a data error unless all `bytes` of them are contiguous in this file.
std::int64_t require_contiguous(const std::string& where, hid_t dataset, double bytes, std::uintmax_t file_bytes);

}  // namespace pbn::data::hdf5
