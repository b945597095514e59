// What the header of a dataset claims, held against the file: HDF5 itself allocates whatever a damaged or hostile
// header asks for. For hdf5_reader.cpp alone.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/hdf5.h"

namespace pbn::hdf5 {

// Of whole bytes and in IEEE's or two's complement form, which all programs write; HDF5 could describe others.
bool is_number(hid_t type);

// `other` for numbers of widths that Hdf5Type has no name for, and for all else.
Hdf5Type type_of(hid_t type);

// The most memory that one dataset may need: lying in the file as they are, and packed (in chunks), where a small file
// can claim much.
constexpr std::size_t most_memory = std::size_t{1} << 30;
constexpr std::size_t most_packed_memory = std::size_t{64} << 20;

// Throws a data error unless the values lie in this very file and need no more memory than that.
// `width`: bytes of one value, stored or in memory, whichever is more.
void require_stored(const std::string& where, hid_t dataset, const std::vector<std::size_t>& shape, std::size_t width,
                    std::uintmax_t file_bytes);

}  // namespace pbn::hdf5
