// The header of a safetensors file: names, types, shapes and places of its tensors. Written without LibTorch, so that
// it can be fuzzed alone.
//
// The layout, which every framework reads: 8 bytes length (little endian), a JSON header of that length, raw data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pbn::model {

using Metadata = std::map<std::string, std::string>;

// f8_e4m3 is LibTorch's Float8_e4m3fn, without infinities. `other` stands for every type that networks here cannot use,
// such as U16, C64 or F4, and for types newer than this program: the place of such a tensor is known, but its values
// are not read.
enum class ElementType { f64, f32, f16, bf16, f8_e5m2, f8_e4m3, i64, i32, i16, i8, u8, boolean, other };
std::size_t bytes_per_element(ElementType type);  // for all but `other`

struct StoredTensor {
  std::string name;
  ElementType type = ElementType::u8;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  // bytes after the header; their number agrees with type and shape
  std::string other_type = {};       // the file's name of the type if `type` is `other`; then any number of bytes fits
};

struct SafeTensorsHeader {
  std::vector<StoredTensor> tensors;  // in the order of the header
  Metadata metadata;
  std::uint64_t data_begin = 0;  // where in the file the data starts
};

// `start`: the first bytes of a file, at least the length and the header if the file has that many. `file_bytes` is the
// size of the whole file, `where` its name in messages. Throws a data error unless the tensors are complete, have
// different names and neither overlap nor leave gaps.
SafeTensorsHeader parse_safetensors_header(std::string_view start, std::uint64_t file_bytes, const std::string& where);

// The same for a file, of which it reads only the header.
SafeTensorsHeader read_safetensors_header(const std::filesystem::path& file);

// Length and header for tensors that follow each other; their `begin` and `end` are ignored. Equal tensors and metadata
// give equal bytes; the data starts at a multiple of 8.
std::string safetensors_header(const std::vector<StoredTensor>& tensors, const Metadata& metadata);

}  // namespace pbn::model
