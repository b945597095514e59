// model/weights/safetensors_header.h: the header written from what was read must read as the same tensors.
#include "model/weights/safetensors_header.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  const std::string where = "a.safetensors";
  // Most inputs are too short for their header. A second file size is derived from the input, so that some fit.
  const std::uint64_t whole = bytes.size() + (bytes.empty() ? 0 : static_cast<unsigned char>(bytes.back()) * 4U);
  for (const std::uint64_t file_bytes : {static_cast<std::uint64_t>(bytes.size()), whole}) {
    read_or_refuse(Blame::data, where, [&] {
      const model::SafeTensorsHeader read = model::parse_safetensors_header(bytes, file_bytes, where);
      std::uint64_t data = 0;
      for (const model::StoredTensor& tensor : read.tensors) data += tensor.end - tensor.begin;
      if (read.data_begin + data != file_bytes) std::abort();
      const std::string again = model::safetensors_header(read.tensors, read.metadata);
      const model::SafeTensorsHeader same = model::parse_safetensors_header(again, again.size() + data, where);
      if (same.tensors.size() != read.tensors.size() || same.metadata != read.metadata) std::abort();
    });
  }
}
