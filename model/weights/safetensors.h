// Tensors to and from safetensors files (model/weights/safetensors_header.h).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/parameters.h"
#include "model/weights/safetensors_header.h"

namespace pbn {

struct SafeTensors {
  std::vector<NamedTensor> tensors;  // on the CPU, contiguous, in the order of the file
  Metadata metadata;
  std::vector<StoredTensor> not_read = {};  // of other types than we can use

  // Throws a data error that names `file` when there is none of this name, or it is of a type that was not read.
  const at::Tensor& at(const std::string& name, const std::filesystem::path& file) const;

  // Throws that error when there is one of this name whose type was not read.
  void require_not_passed_over(const std::string& name, const std::filesystem::path& file) const;
};

// Of the types of ElementType, from any device and with any strides; written in logical order (out, in, row, column),
// atomically. Equal tensors and metadata give equal bytes.
void write_safetensors(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors,
                       const Metadata& metadata);

// Tensors of other types than ElementType's are passed over and told in not_read. Throws a data error that names the
// file for anything but whole, gapless, non-overlapping tensors.
SafeTensors read_safetensors(const std::filesystem::path& file);

}  // namespace pbn
