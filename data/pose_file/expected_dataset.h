// Datasets whose type and shape a pose file fixes. Private to data/pose_file/.
#pragma once

#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "data/hdf5/hdf5.h"

namespace pbn::data {

// The hint of all such errors, whichever program wrote the file.
inline constexpr const char* pose_file_rules = "docs/file-formats.md says what a pose file holds";

// Throws a data error that names the dataset and its actual type and shape.
template <typename T>
void expect_dataset(const Hdf5Reader& file, const std::string& dataset, const std::vector<std::size_t>& shape) {
  const char* const kind = std::is_floating_point_v<T> ? "float" : std::is_signed_v<T> ? "int" : "uint";
  const std::string type = fmt::format("{}{}", kind, 8 * sizeof(T));
  const Hdf5Layout layout = file.layout(dataset);
  if (layout.type != type) {
    throw data_error(file.where(dataset), pose_file_rules, "holds {}; expected {}", layout.type, type);
  }
  if (layout.shape != shape) {
    throw data_error(file.where(dataset), pose_file_rules, "has shape {}; expected {}", describe(layout.shape),
                     describe(shape));
  }
}

template <typename T>
std::vector<T> read_expected(const Hdf5Reader& file, const std::string& dataset,
                             const std::vector<std::size_t>& shape) {
  expect_dataset<T>(file, dataset, shape);
  return file.read<T>(dataset).values;
}

}  // namespace pbn::data
