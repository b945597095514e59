// Reads and writes tensors in safetensors files (model/weights/safetensors_header.h).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/parameters.h"
#include "model/weights/safetensors_header.h"

namespace pbn::model {

struct SafeTensors {
  std::vector<NamedTensor> tensors;  // on the CPU, contiguous, in the order of the file
  Metadata metadata;
  std::vector<StoredTensor> unreadable = {};  // tensors of type ElementType::other, without values

  // Throws a data error that names `file` when there is no tensor of this name or its type is unreadable.
  const at::Tensor& at(const std::string& name, const std::filesystem::path& file) const;

  // Throws that error when a tensor of this name has an unreadable type.
  void require_readable(const std::string& name, const std::filesystem::path& file) const;
};

// Writes tensors of the types of ElementType, on any device and with any strides, in logical order (out, in, row,
// column). Atomic; equal tensors and metadata give equal bytes.
void write_safetensors(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors,
                       const Metadata& metadata);

// Throws a data error that names the file unless its tensors are complete and neither overlap nor leave gaps.
SafeTensors read_safetensors(const std::filesystem::path& file);

}  // namespace pbn::model
