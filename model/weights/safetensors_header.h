// Which tensors a safetensors file holds and where. No LibTorch here: this is what meets hostile bytes.
//
// The layout, which every framework reads: 8 bytes length (little endian), a JSON header of that length, raw data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pbn {

using Metadata = std::map<std::string, std::string>;

// F8 is as LibTorch names it: E4M3 has no infinities. `other` is any type that no network of ours can use, such as U16,
// C64, F4 or one that is younger than this program: where it lies is known, and it is never read.
enum class ElementType { f64, f32, f16, bf16, f8_e5m2, f8_e4m3, i64, i32, i16, i8, u8, boolean, other };
std::size_t bytes_per_element(ElementType type);  // not of `other`

struct StoredTensor {
  std::string name;
  ElementType type = ElementType::u8;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  // bytes behind the header; their number is what the shape takes
  std::string other_type = {};       // as the file names it, where `type` is `other`; its bytes are not counted
};

struct SafeTensorsHeader {
  std::vector<StoredTensor> tensors;  // in the order of the header
  Metadata metadata;
  std::uint64_t data_begin = 0;  // where in the file the data starts
};

// From the first bytes of a file: at least its length and its header, as far as the file has them. `file_bytes` is the
// size of the whole, `where` its name for messages. Throws a data error for anything but whole, gapless,
// non-overlapping tensors under different names.
SafeTensorsHeader parse_safetensors_header(std::string_view start, std::uint64_t file_bytes, const std::string& where);

// The same, reading no more than the header.
SafeTensorsHeader read_safetensors_header(const std::filesystem::path& file);

// Length and header for tensors that follow each other; `begin` and `end` are filled in. Equal tensors and metadata
// give equal bytes; the data starts at a multiple of 8.
std::string safetensors_header(std::vector<StoredTensor> tensors, const Metadata& metadata);

}  // namespace pbn
