// Tensors to and from safetensors files (model/safetensors_header.h).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/named_tensor.h"
#include "model/safetensors_header.h"

namespace pbn {

struct SafeTensors {
  std::vector<NamedTensor> tensors;  // on the CPU, contiguous, in the order of the file
  Metadata metadata;

  // Throws a data error that names `file` when there is none of this name.
  const at::Tensor& at(const std::string& name, const std::filesystem::path& file) const;
};

// float64, float32, bfloat16, int64, int32 and uint8, from any device and with any strides; written in logical order
// (out, in, row, column), atomically. Equal tensors and metadata give equal bytes.
void write_safetensors(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors,
                       const Metadata& metadata);

// Throws a data error that names the file for anything but whole, gapless, non-overlapping tensors of known types.
SafeTensors read_safetensors(const std::filesystem::path& file);

}  // namespace pbn
