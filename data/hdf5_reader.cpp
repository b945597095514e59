#include "data/hdf5.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "data/hdf5_handle.h"

namespace pbn {
namespace {

using namespace hdf5;

Hdf5Type type_of(hid_t stored) {
  const std::size_t bytes = H5Tget_size(stored);
  if (H5Tget_class(stored) == H5T_FLOAT) {
    return bytes == 4 ? Hdf5Type::float32 : bytes == 8 ? Hdf5Type::float64 : Hdf5Type::other;
  }
  if (H5Tget_class(stored) != H5T_INTEGER) return Hdf5Type::other;
  if (H5Tget_sign(stored) == H5T_SGN_NONE) return bytes == 1 ? Hdf5Type::uint8 : Hdf5Type::other;
  return bytes == 1 ? Hdf5Type::int8 : bytes == 4 ? Hdf5Type::int32 : bytes == 8 ? Hdf5Type::int64 : Hdf5Type::other;
}

bool is_number(hid_t stored) { return H5Tget_class(stored) == H5T_INTEGER || H5Tget_class(stored) == H5T_FLOAT; }

// The bytes of one fixed-width text, which may fill its place without a closing zero.
std::string trimmed(const char* text, std::size_t width) {
  return {text, static_cast<std::size_t>(std::find(text, text + width, '\0') - text)};
}

}  // namespace

std::size_t Hdf5Layout::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::string describe(const std::vector<std::size_t>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

struct Hdf5Reader::State {
  std::filesystem::path path;
  Handle file;

  std::string where(const std::string& name) const { return fmt::format("{}: {}", path.string(), name); }

  Handle open_dataset(const std::string& name) const {
    keep_quiet();
    Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.valid())
      throw data_error(where(name), "was it written by another program?", "there is no such dataset");
    return dataset;
  }

  Handle open_attribute(const std::string& name) const {
    keep_quiet();
    Handle attribute(H5Aopen_by_name(file, "/", name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!attribute.valid())
      throw data_error(where(name), "was it written by another program?", "there is no such attribute");
    return attribute;
  }

  std::vector<std::size_t> shape_of(const std::string& name, hid_t dataset) const {
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const int axes = H5Sget_simple_extent_ndims(space);
    if (axes < 0) throw data_error(where(name), "", "has no readable shape");
    std::vector<hsize_t> extents(axes);
    if (axes > 0) H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    return {extents.begin(), extents.end()};
  }

  // A damaged or hostile header must not make us allocate: what is read must be in the file. Deflate packs at most
  // about a thousand to one.
  void require_plausible_size(const std::string& name, hid_t dataset, const std::vector<std::size_t>& shape,
                              std::size_t value_bytes) const {
    const double needed = std::accumulate(shape.begin(), shape.end(), static_cast<double>(value_bytes),
                                          [](double product, std::size_t extent) { return product * extent; });
    if (needed > 1100.0 * static_cast<double>(H5Dget_storage_size(dataset))) {
      throw data_error(where(name), "the file was damaged or never finished: make it again",
                       "says that its shape is {}, but its values are not in the file", describe(shape));
    }
  }
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
  keep_quiet();
  state_->path = file;
  if (!std::filesystem::exists(file)) throw environment_error(file.string(), "check the path", "there is no such file");
  if (!std::filesystem::is_regular_file(file)) throw environment_error(file.string(), "", "is not a file");
  if (::access(file.c_str(), R_OK) != 0)
    throw environment_error(file.string(), "check its permissions", "cannot be read");
  if (H5Fis_hdf5(file.c_str()) <= 0) throw data_error(file.string(), "", "is not an HDF5 file");
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access, false, true);
  state_->file = Handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!state_->file.valid()) {
    throw data_error(file.string(), "copy it or make it again",
                     "is an HDF5 file that was cut short or damaged ({} bytes are left)",
                     std::filesystem::file_size(file));
  }
}

Hdf5Reader::~Hdf5Reader() = default;

std::string Hdf5Reader::where(const std::string& name) const { return state_->where(name); }

bool Hdf5Reader::has(const std::string& dataset) const {
  keep_quiet();
  return Handle(H5Dopen2(state_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose).valid();
}

Hdf5Layout Hdf5Reader::layout(const std::string& name) const {
  const Handle dataset = state_->open_dataset(name);
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const haddr_t offset = H5Dget_offset(dataset);
  return {type_of(type), state_->shape_of(name, dataset),
          offset == HADDR_UNDEF ? -1 : static_cast<std::int64_t>(offset)};
}

template <typename T>
Hdf5Array<T> Hdf5Reader::read(const std::string& name) const {
  const Handle dataset = state_->open_dataset(name);
  const Handle type(H5Dget_type(dataset), H5Tclose);
  if (!is_number(type)) throw data_error(where(name), "", "does not hold numbers");
  Hdf5Layout layout;
  layout.shape = state_->shape_of(name, dataset);
  state_->require_plausible_size(name, dataset, layout.shape, H5Tget_size(type));
  std::vector<T> values(layout.size());
  if (H5Dread(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw data_error(where(name), "copy the file or make it again", "cannot be read; the file is damaged");
  }
  return {std::move(layout.shape), std::move(values)};
}

std::vector<std::string> Hdf5Reader::read_texts(const std::string& name) const {
  const Handle dataset = state_->open_dataset(name);
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const std::vector<std::size_t> shape = state_->shape_of(name, dataset);
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0 || shape.size() != 1) {
    throw data_error(where(name), "", "is not a list of texts of fixed width");
  }
  const std::size_t width = H5Tget_size(type);
  state_->require_plausible_size(name, dataset, shape, width);
  std::vector<char> characters(shape[0] * width);
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()) < 0) {
    throw data_error(where(name), "copy the file or make it again", "cannot be read; the file is damaged");
  }
  std::vector<std::string> texts(shape[0]);
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = trimmed(characters.data() + i * width, width);
  return texts;
}

bool Hdf5Reader::has_attribute(const std::string& name) const {
  keep_quiet();
  return H5Aexists(state_->file, name.c_str()) > 0;
}

std::string Hdf5Reader::text_attribute(const std::string& name) const {
  const Handle attribute = state_->open_attribute(name);
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  constexpr std::size_t longest = 64 * 1024;  // of an attribute in HDF5
  if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1 || H5Tget_size(type) > longest) {
    throw data_error(where(name), "", "the attribute is not a text");
  }
  if (H5Tis_variable_str(type) > 0) {  // as h5py writes them
    char* text = nullptr;
    const bool good = H5Aread(attribute, type, &text) >= 0 && text != nullptr;
    const std::string copy = good ? text : "";
    if (text != nullptr) H5free_memory(text);
    if (!good) throw data_error(where(name), "", "the attribute cannot be read");
    return copy;
  }
  std::vector<char> text(H5Tget_size(type));
  if (H5Aread(attribute, type, text.data()) < 0) throw data_error(where(name), "", "the attribute cannot be read");
  return trimmed(text.data(), text.size());
}

double Hdf5Reader::number_attribute(const std::string& name) const {
  const Handle attribute = state_->open_attribute(name);
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  double number = 0;
  if (!is_number(type) || H5Sget_simple_extent_npoints(space) != 1 ||
      H5Aread(attribute, H5T_NATIVE_DOUBLE, &number) < 0) {
    throw data_error(where(name), "", "the attribute is not a number");
  }
  return number;
}

template Hdf5Array<std::int8_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::uint8_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::int32_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::int64_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<float> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<double> Hdf5Reader::read(const std::string&) const;

}  // namespace pbn
