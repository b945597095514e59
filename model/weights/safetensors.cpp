#include "model/weights/safetensors.h"

#include <ATen/ATen.h>

#include <array>
#include <fstream>

#include "base/error.h"
#include "base/files.h"

namespace pbn::model {
namespace fs = std::filesystem;
namespace {

// In the order of ElementType.
constexpr std::array types = {at::kDouble, at::kFloat, at::kHalf,  at::kBFloat16, at::kFloat8_e5m2, at::kFloat8_e4m3fn,
                              at::kLong,   at::kInt,   at::kShort, at::kChar,     at::kByte,        at::kBool};
static_assert(types.size() == static_cast<std::size_t>(ElementType::other));

ElementType element_type(at::ScalarType type) {
  const auto found = std::find(types.begin(), types.end(), type);
  if (found != types.end()) return static_cast<ElementType>(found - types.begin());
  throw bug_error("safetensors", "", "tensors of type {} cannot be written", c10::toString(type));
}

}  // namespace

const at::Tensor& SafeTensors::at(const std::string& name, const fs::path& file) const {
  for (const NamedTensor& named : tensors) {
    if (named.name == name) return named.tensor;
  }
  require_readable(name, file);
  throw data_error(file.string(), "", "there is no tensor \"{}\"", name);
}

void SafeTensors::require_readable(const std::string& name, const fs::path& file) const {
  for (const StoredTensor& stored : unreadable) {
    if (stored.name != name) continue;
    throw data_error(file.string(), "store it as F32, F16 or BF16", "tensor \"{}\" is of type {}, which cannot be read",
                     name, stored.other_type);
  }
}

void write_safetensors(const fs::path& file, const std::vector<NamedTensor>& tensors, const Metadata& metadata) {
  std::vector<StoredTensor> stored;
  for (const auto& [name, tensor] : tensors) {
    stored.push_back({name, element_type(tensor.scalar_type()), tensor.sizes().vec(), 0, 0});
  }
  const std::string header = safetensors_header(stored, metadata);
  UnfinishedFile unfinished(file);
  std::ofstream out(unfinished.path(), std::ios::binary | std::ios::trunc);
  out.write(header.data(), static_cast<std::streamsize>(header.size()));
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor contiguous = tensor.detach().to(at::kCPU).contiguous();
    out.write(static_cast<const char*>(contiguous.const_data_ptr()), static_cast<std::streamsize>(contiguous.nbytes()));
  }
  out.close();
  if (!out) throw environment_error(file.string(), "is the disk full?", "cannot write");
  unfinished.commit();
}

SafeTensors read_safetensors(const fs::path& file) {
  SafeTensorsHeader header = read_safetensors_header(file);
  SafeTensors result{{}, std::move(header.metadata), {}};
  std::ifstream in(file, std::ios::binary);
  for (StoredTensor& stored : header.tensors) {
    if (stored.type == ElementType::other) {
      result.unreadable.push_back(std::move(stored));
      continue;
    }
    const at::Tensor tensor = at::empty(stored.shape, types[static_cast<std::size_t>(stored.type)]);
    in.seekg(static_cast<std::streamoff>(header.data_begin + stored.begin));
    in.read(static_cast<char*>(tensor.mutable_data_ptr()), static_cast<std::streamsize>(tensor.nbytes()));
    if (!in) throw environment_error(file.string(), "did another program change it?", "cannot be read to its end");
    result.tensors.push_back({stored.name, tensor});
  }
  return result;
}

}  // namespace pbn::model
