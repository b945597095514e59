#include "data/hdf5.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "data/hdf5_handle.h"
#include "data/hdf5_stored.h"
#include "data/hdf5_trial.h"

namespace pbn {
namespace {

using namespace hdf5;

// Values are read from the file that was named and from no other.
herr_t refuse_external_link(const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) { return -1; }

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
  Handle within;  // how datasets are opened

  std::string where(const std::string& name) const { return fmt::format("{}: {}", path.string(), name); }

  Handle open_dataset(const std::string& name) const {
    keep_quiet();
    Handle dataset(H5Dopen2(file, name.c_str(), within), H5Dclose);
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

  void require_stored(const std::string& name, hid_t dataset, const std::vector<std::size_t>& shape,
                      std::size_t width) const {
    hdf5::require_stored(where(name), dataset, shape, width, std::filesystem::file_size(path));
  }
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file) : Hdf5Reader(file, (try_hdf5_file(file), Tried{})) {}

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file, Tried) : state_(std::make_unique<State>()) {
  keep_quiet();
  state_->path = file;
  if (H5Fis_hdf5(file.c_str()) <= 0) throw data_error(file.string(), "", "is not an HDF5 file");
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access, false, true);
  state_->file = Handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!state_->file.valid()) {
    throw data_error(file.string(), "copy it or make it again",
                     "is an HDF5 file that was cut short or damaged ({} bytes are left)",
                     std::filesystem::file_size(file));
  }
  state_->within = Handle(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_elink_cb(state_->within, refuse_external_link, nullptr);
}

Hdf5Reader::~Hdf5Reader() = default;

std::vector<std::string> Hdf5Reader::names() const {
  constexpr std::size_t most = 10'000;
  keep_quiet();
  std::vector<std::string> all;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* names) -> herr_t {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return static_cast<std::vector<std::string>*>(names)->size() < most ? 0 : 1;
  };
  H5Lvisit(state_->file, H5_INDEX_NAME, H5_ITER_NATIVE, add, &all);
  return all;
}

std::vector<std::string> Hdf5Reader::attribute_names() const {
  keep_quiet();
  std::vector<std::string> all;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* names) -> herr_t {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
  };
  H5Aiterate2(state_->file, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &all);
  return all;
}

std::string Hdf5Reader::where(const std::string& name) const { return state_->where(name); }

bool Hdf5Reader::has(const std::string& dataset) const {
  keep_quiet();
  return Handle(H5Dopen2(state_->file, dataset.c_str(), state_->within), H5Dclose).valid();
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
  state_->require_stored(name, dataset, layout.shape, std::max(H5Tget_size(type), sizeof(T)));
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
  state_->require_stored(name, dataset, shape, std::max(width, sizeof(std::string)));
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
