#include "model/weights/safetensors_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/json.h"

namespace pbn::model {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "the layout is little endian");

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t length_bytes = 8;
constexpr std::size_t alignment = 8;                   // of the data: spaces fill the header
constexpr std::uint64_t longest_header = 100'000'000;  // as in the reference implementation
constexpr std::size_t most_dimensions = 16;
constexpr const char* broken = "the file is damaged or is not a safetensors file; write or download it again";

struct DType {
  const char* name;
  std::size_t bytes;
};
// In the order of ElementType, without `other`.
constexpr std::array<DType, 12> dtypes = {{{"F64", 8},
                                           {"F32", 4},
                                           {"F16", 2},
                                           {"BF16", 2},
                                           {"F8_E5M2", 1},
                                           {"F8_E4M3", 1},
                                           {"I64", 8},
                                           {"I32", 4},
                                           {"I16", 2},
                                           {"I8", 1},
                                           {"U8", 1},
                                           {"BOOL", 1}}};
static_assert(dtypes.size() == static_cast<std::size_t>(ElementType::other));

// Creates the data errors about one file.
struct FileError {
  const std::string& where;

  template <typename... Args>
  Error operator()(fmt::format_string<Args...> what, Args&&... args) const {
    return data_error(where, broken, what, std::forward<Args>(args)...);
  }
};

// A tensor's name for a message, at most 80 characters long.
std::string shown(const std::string& name) { return name.size() <= 80 ? name : name.substr(0, 77) + "..."; }

std::uint64_t header_bytes(std::string_view start, std::uint64_t file_bytes, const FileError& damaged) {
  if (start.size() < length_bytes) throw damaged("has only {} bytes", start.size());
  std::uint64_t length = 0;
  std::memcpy(&length, start.data(), length_bytes);
  if (length > file_bytes - length_bytes) {
    throw damaged("declares a header of {} bytes, but only {} follow", length, file_bytes - length_bytes);
  }
  if (length > longest_header) throw damaged("declares a header of {} bytes, more than any header has", length);
  return length;
}

OrderedJson parse_json(std::string_view text, const FileError& damaged) {
  std::set<std::string> names;
  std::string twice;
  const auto note_names = [&](int depth, nlohmann::detail::parse_event_t event, OrderedJson& value) {
    const bool is_name = depth == 1 && event == nlohmann::detail::parse_event_t::key;
    if (is_name && !names.insert(value.get<std::string>()).second) twice = value.get<std::string>();
    return true;
  };
  OrderedJson header = OrderedJson::parse(text, note_names, /*allow_exceptions=*/false);
  if (!header.is_object()) throw damaged("its header is not a JSON object");
  if (!twice.empty()) throw damaged("two tensors are called \"{}\"", shown(twice));
  return header;
}

Metadata parse_metadata(const OrderedJson& header, const FileError& damaged) {
  const auto found = header.find("__metadata__");
  if (found == header.end()) return {};
  const bool is_text = found->is_object() && std::all_of(found->begin(), found->end(),
                                                         [](const OrderedJson& value) { return value.is_string(); });
  if (!is_text) throw damaged("its metadata is not a map of strings");
  return found->get<Metadata>();
}

ElementType type_named(const std::string& dtype) {
  const auto found =
      std::find_if(dtypes.begin(), dtypes.end(), [&](const DType& known) { return known.name == dtype; });
  return static_cast<ElementType>(found - dtypes.begin());  // `other` comes last
}

// nlohmann's get() would also accept 1.5 as 1, true as 1 and -1 as 2^64 - 1.
std::uint64_t unsigned_number(const OrderedJson& value, const std::string& name, const FileError& damaged) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    throw damaged("tensor \"{}\" has a shape or offsets that are not natural numbers", shown(name));
  }
  return value.get<std::uint64_t>();
}

// Number of elements times their size. Every intermediate product must fit, even if a later extent is zero.
std::uint64_t bytes_of(const StoredTensor& tensor, const FileError& damaged) {
  std::uint64_t bytes = bytes_per_element(tensor.type);
  bool is_empty = false;
  for (const std::int64_t extent : tensor.shape) {
    const auto length = static_cast<std::uint64_t>(std::max<std::int64_t>(extent, 1));
    if (bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / length) {
      throw damaged("tensor \"{}\" is larger than any file", shown(tensor.name));
    }
    bytes *= length;
    is_empty |= extent == 0;
  }
  return is_empty ? 0 : bytes;
}

StoredTensor parse_entry(const std::string& name, const OrderedJson& entry, std::uint64_t data_bytes,
                         const FileError& damaged) {
  const auto field = [&](const char* key) {
    return entry.is_object() ? entry.value(key, OrderedJson()) : OrderedJson();
  };
  const OrderedJson dtype = field("dtype"), shape = field("shape"), offsets = field("data_offsets");
  if (!dtype.is_string() || !shape.is_array() || !offsets.is_array() || offsets.size() != 2) {
    throw damaged("the entry of tensor \"{}\" in the header is not {{dtype, shape, data_offsets}}", shown(name));
  }
  StoredTensor tensor{name, type_named(dtype.get<std::string>()), {}, 0, 0};
  if (tensor.type == ElementType::other) tensor.other_type = shown(dtype.get<std::string>());
  if (shape.size() > most_dimensions) throw damaged("tensor \"{}\" has {} dimensions", shown(name), shape.size());
  for (const OrderedJson& extent : shape) {
    tensor.shape.push_back(static_cast<std::int64_t>(unsigned_number(extent, name, damaged)));
  }
  tensor.begin = unsigned_number(offsets[0], name, damaged);
  tensor.end = unsigned_number(offsets[1], name, damaged);
  if (tensor.begin > tensor.end || tensor.end > data_bytes) {
    throw damaged("tensor \"{}\" lies outside the file's {} bytes of data", shown(name), data_bytes);
  }
  if (tensor.type != ElementType::other && tensor.end - tensor.begin != bytes_of(tensor, damaged)) {
    throw damaged("tensor \"{}\" has {} bytes, which does not agree with its shape", shown(name),
                  tensor.end - tensor.begin);
  }
  return tensor;
}

void require_gapless(std::vector<StoredTensor> tensors, std::uint64_t data_bytes, const FileError& damaged) {
  std::sort(tensors.begin(), tensors.end(), [](const StoredTensor& a, const StoredTensor& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t end = 0;
  for (const StoredTensor& tensor : tensors) {
    if (tensor.begin != end) {
      throw damaged("there is a gap or an overlap before tensor \"{}\"", shown(tensor.name));
    }
    end = tensor.end;
  }
  if (end != data_bytes) throw damaged("has {} bytes of data, but its tensors have {}", data_bytes, end);
}

}  // namespace

std::size_t bytes_per_element(ElementType type) { return dtypes.at(static_cast<std::size_t>(type)).bytes; }

SafeTensorsHeader parse_safetensors_header(std::string_view start, std::uint64_t file_bytes, const std::string& where) {
  const FileError damaged{where};
  const std::uint64_t length = header_bytes(start, file_bytes, damaged);
  const OrderedJson json = parse_json(start.substr(length_bytes, length), damaged);
  SafeTensorsHeader header{{}, parse_metadata(json, damaged), length_bytes + length};
  const std::uint64_t data_bytes = file_bytes - header.data_begin;
  for (const auto& [name, entry] : json.items()) {
    if (name != "__metadata__") header.tensors.push_back(parse_entry(name, entry, data_bytes, damaged));
  }
  require_gapless(header.tensors, data_bytes, damaged);
  return header;
}

SafeTensorsHeader read_safetensors_header(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t file_bytes = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) throw environment_error(file.string(), "", "cannot be read");
  const auto read = [&](std::uint64_t bytes) {
    std::string text(bytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(bytes));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
  };
  std::string start = read(length_bytes);
  start += read(header_bytes(start, file_bytes, {file.string()}));
  return parse_safetensors_header(start, file_bytes, file.string());
}

std::string safetensors_header(const std::vector<StoredTensor>& tensors, const Metadata& metadata) {
  OrderedJson header = OrderedJson::object();
  header["__metadata__"] = metadata;
  std::uint64_t begin = 0;
  for (const StoredTensor& tensor : tensors) {
    if (header.contains(tensor.name)) {
      throw bug_error("safetensors", "", "two tensors are called \"{}\"", tensor.name);
    }
    const std::uint64_t end = begin + bytes_of(tensor, {tensor.name});
    header[tensor.name] = {{"dtype", dtypes[static_cast<std::size_t>(tensor.type)].name},
                           {"shape", tensor.shape},
                           {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), length_bytes) + text;
}

}  // namespace pbn::model
