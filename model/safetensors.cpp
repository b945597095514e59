#include "model/safetensors.h"

#include <ATen/ATen.h>

#include <array>
#include <cstring>
#include <fstream>
#include <limits>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "the layout is little endian");

constexpr std::size_t length_bytes = 8;
constexpr std::size_t alignment = 8;  // of the data, by spaces behind the header
constexpr const char* broken = "the file is damaged or is no safetensors file; make or fetch it again";

struct DType {
  const char* name;
  at::ScalarType type;
};
constexpr std::array<DType, 6> dtypes = {{{"F64", at::kDouble},
                                          {"F32", at::kFloat},
                                          {"BF16", at::kBFloat16},
                                          {"I64", at::kLong},
                                          {"I32", at::kInt},
                                          {"U8", at::kByte}}};

const char* name_of(at::ScalarType type) {
  for (const DType& known : dtypes) {
    if (known.type == type) return known.name;
  }
  throw bug_error("safetensors", "", "tensors of type {} cannot be written", c10::toString(type));
}

std::string header_of(const std::vector<NamedTensor>& tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  header["__metadata__"] = metadata;
  std::size_t begin = 0;
  for (const auto& [name, tensor] : tensors) {
    if (header.contains(name)) throw bug_error("safetensors", "", "two tensors are called \"{}\"", name);
    const std::size_t end = begin + tensor.nbytes();
    header[name] = {
        {"dtype", name_of(tensor.scalar_type())}, {"shape", tensor.sizes().vec()}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');
  return text;
}

template <typename... Args>
Error damaged(const fs::path& file, fmt::format_string<Args...> what, Args&&... args) {
  return data_error(file.string(), broken, what, std::forward<Args>(args)...);
}

// Where a tensor stands in the file's data, as its entry in the header says.
struct Entry {
  std::string name;
  at::ScalarType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin, end;
};

at::ScalarType type_named(const fs::path& file, const std::string& name, const std::string& dtype) {
  for (const DType& known : dtypes) {
    if (known.name == dtype) return known.type;
  }
  throw data_error(file.string(), "F64, F32, BF16, I64, I32 and U8 can be read",
                   "tensor \"{}\" has the unknown type \"{}\"", name, dtype);
}

// Elements times element size, checked on the way: a hostile shape must not wrap around to a small number.
std::uint64_t bytes_of(const fs::path& file, const Entry& entry, std::uint64_t most) {
  std::uint64_t bytes = c10::elementSize(entry.type);
  for (const std::int64_t extent : entry.shape) {
    if (extent < 0) throw damaged(file, "tensor \"{}\" has a negative extent", entry.name);
    if (extent > 0 && bytes > most / static_cast<std::uint64_t>(extent)) {
      throw damaged(file, "tensor \"{}\" is larger than the file", entry.name);
    }
    bytes *= static_cast<std::uint64_t>(extent);
  }
  return bytes;
}

Entry parse_entry(const fs::path& file, const std::string& name, const nlohmann::ordered_json& json,
                  std::uint64_t data_bytes) {
  Entry entry{name, at::kByte, {}, 0, 0};
  try {
    entry.type = type_named(file, name, json.at("dtype").get<std::string>());
    entry.shape = json.at("shape").get<std::vector<std::int64_t>>();
    std::tie(entry.begin, entry.end) = json.at("data_offsets").get<std::pair<std::uint64_t, std::uint64_t>>();
  } catch (const nlohmann::json::exception&) {
    throw damaged(file, "the header's entry of tensor \"{}\" is not {{dtype, shape, data_offsets}}", name);
  }
  if (entry.begin > entry.end || entry.end > data_bytes) {
    throw damaged(file, "tensor \"{}\" lies outside of the file's {} bytes of data", name, data_bytes);
  }
  if (entry.end - entry.begin != bytes_of(file, entry, data_bytes)) {
    throw damaged(file, "tensor \"{}\" has {} bytes, which is not what its shape takes", name, entry.end - entry.begin);
  }
  return entry;
}

nlohmann::ordered_json parse_header(const fs::path& file, std::string_view content) {
  std::uint64_t length = 0;
  if (content.size() < length_bytes) throw damaged(file, "has only {} bytes", content.size());
  std::memcpy(&length, content.data(), length_bytes);
  if (length > content.size() - length_bytes) {
    throw damaged(file, "says that its header has {} bytes, but only {} follow", length, content.size() - length_bytes);
  }
  const auto header = nlohmann::ordered_json::parse(content.substr(length_bytes, length), nullptr, false);
  if (!header.is_object()) throw damaged(file, "its header is no JSON object");
  return header;
}

Metadata parse_metadata(const fs::path& file, const nlohmann::ordered_json& header) {
  try {
    return header.value("__metadata__", Metadata{});
  } catch (const nlohmann::json::exception&) {
    throw damaged(file, "its metadata are not texts");
  }
}

void require_gapless(const fs::path& file, std::vector<Entry> entries, std::uint64_t data_bytes) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  std::uint64_t end = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != end) throw damaged(file, "there is a gap or an overlap before tensor \"{}\"", entry.name);
    end = entry.end;
  }
  if (end != data_bytes) throw damaged(file, "has {} bytes of data, its tensors {}", data_bytes, end);
}

}  // namespace

const at::Tensor& SafeTensors::at(const std::string& name, const fs::path& file) const {
  for (const NamedTensor& named : tensors) {
    if (named.name == name) return named.tensor;
  }
  throw data_error(file.string(), "", "there is no tensor \"{}\"", name);
}

void write_safetensors(const fs::path& file, const std::vector<NamedTensor>& tensors, const Metadata& metadata) {
  const std::string header = header_of(tensors, metadata);
  const std::uint64_t length = header.size();
  UnfinishedFile unfinished(file);
  std::ofstream out(unfinished.path(), std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(&length), length_bytes);
  out.write(header.data(), static_cast<std::streamsize>(length));
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
    out.write(static_cast<const char*>(plain.const_data_ptr()), static_cast<std::streamsize>(plain.nbytes()));
  }
  out.close();
  if (!out) throw environment_error(file.string(), "is the disk full?", "cannot write");
  unfinished.commit();
}

SafeTensors read_safetensors(const fs::path& file) {
  const std::string content = read_file(file);
  const nlohmann::ordered_json header = parse_header(file, content);
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, content.data(), length_bytes);
  const std::string_view data = std::string_view(content).substr(length_bytes + header_bytes);

  SafeTensors result{{}, parse_metadata(file, header)};
  std::vector<Entry> entries;
  for (const auto& [name, json] : header.items()) {
    if (name != "__metadata__") entries.push_back(parse_entry(file, name, json, data.size()));
  }
  require_gapless(file, entries, data.size());
  for (const Entry& entry : entries) {
    at::Tensor tensor = at::empty(entry.shape, entry.type);
    if (tensor.nbytes() > 0) std::memcpy(tensor.mutable_data_ptr(), data.data() + entry.begin, tensor.nbytes());
    result.tensors.push_back({entry.name, tensor});
  }
  return result;
}

}  // namespace pbn
