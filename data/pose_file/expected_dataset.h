// Datasets that must have one type and one shape, or the pose file is none. For pose_file.cpp and stored_crops.cpp.
#pragma once

#include <string>
#include <vector>

#include "data/hdf5/hdf5.h"

namespace pbn {

// The hint of every such error: who wrote the file is not known.
inline constexpr const char* pose_file_rules = "docs/file-formats.md says what a pose file holds";

// Throws a data error that names the dataset and says what it holds instead.
void expect_dataset(const Hdf5Reader& file, const std::string& dataset, Hdf5Type type,
                    const std::vector<std::size_t>& shape);

template <typename T>
std::vector<T> read_expected(const Hdf5Reader& file, const std::string& dataset, Hdf5Type type,
                             const std::vector<std::size_t>& shape) {
  expect_dataset(file, dataset, type, shape);
  return file.read<T>(dataset).values;
}

}  // namespace pbn
