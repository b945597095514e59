#include "data/pose_file/expected_dataset.h"

#include "base/error.h"

namespace pbn {
namespace {

const char* name_of(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::int8:
      return "int8";
    case Hdf5Type::uint8:
      return "uint8";
    case Hdf5Type::int32:
      return "int32";
    case Hdf5Type::int64:
      return "int64";
    case Hdf5Type::float32:
      return "float32";
    case Hdf5Type::float64:
      return "float64";
    case Hdf5Type::other:
      break;
  }
  return "something else";
}

}  // namespace

void expect_dataset(const Hdf5Reader& file, const std::string& dataset, Hdf5Type type,
                    const std::vector<std::size_t>& shape) {
  const Hdf5Layout layout = file.layout(dataset);
  if (layout.type != type) {
    throw data_error(file.where(dataset), pose_file_rules, "holds {}; expected {}", layout.type_in_words,
                     name_of(type));
  }
  if (layout.shape != shape) {
    throw data_error(file.where(dataset), pose_file_rules, "has shape {}; expected {}", describe(layout.shape),
                     describe(shape));
  }
}

}  // namespace pbn
