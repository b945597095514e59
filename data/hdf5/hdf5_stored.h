// What the header of a dataset claims, held against the file: HDF5 itself allocates whatever a damaged or hostile
// header asks for. For hdf5_reader.cpp alone.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/hdf5/hdf5.h"

namespace pbn::hdf5 {

// Of whole bytes and in IEEE's or two's complement form, which all programs write; HDF5 could describe others.
bool is_number(hid_t type);

// `other` for numbers of widths that Hdf5Type has no name for, and for all else.
Hdf5Type type_of(hid_t type);

std::string type_in_words(hid_t type);  // "float32", "texts"

// The most memory that one dataset may need: lying in the file as they are, and packed (in chunks), where a small file
// can claim much.
constexpr std::size_t most_memory = std::size_t{1} << 30;
constexpr std::size_t most_packed_memory = std::size_t{64} << 20;

// Throws a data error unless the values lie in this very file and need no more memory than that.
// `width`: bytes of one value, stored or in memory, whichever is more.
void require_stored(const std::string& where, hid_t dataset, const std::vector<std::size_t>& shape, std::size_t width,
                    std::uintmax_t file_bytes);

// Throws a data error where the values lie in other files.
void require_here(const std::string& where, hid_t dataset);

// Where so many bytes of values begin in the file. Throws a data error unless they lie there in one piece.
std::int64_t require_one_piece(const std::string& where, hid_t dataset, double bytes, std::uintmax_t file_bytes);

}  // namespace pbn::hdf5
