#include "data/hdf5.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace pbn {
namespace {

// Any HDF5 identifier, closed by the function that belongs to its kind.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() { close(); }

  bool close() {
    const hid_t id = std::exchange(id_, -1);
    return id < 0 || close_(id) >= 0;
  }
  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

template <typename T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, std::int8_t>) return H5T_NATIVE_INT8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
}

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

Handle text_type(std::size_t width) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, std::max<std::size_t>(width, 1));
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

void keep_hdf5_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }  // per thread, hence at every entrance

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
    keep_hdf5_quiet();
    Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.valid())
      throw data_error(where(name), "was it written by another program?", "there is no such dataset");
    return dataset;
  }

  Handle open_attribute(const std::string& name) const {
    keep_hdf5_quiet();
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
  keep_hdf5_quiet();
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
  keep_hdf5_quiet();
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
  keep_hdf5_quiet();
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

struct Hdf5Writer::State {
  std::filesystem::path path;
  Handle file;
  std::map<std::string, Handle> open_datasets;  // those that are filled entry by entry

  // A disk that is full shows itself here.
  template <typename Status>
  Status checked(const std::string& name, Status status) const {
    if (status < 0) {
      throw environment_error(fmt::format("{}: {}", path.string(), name), "is the disk full?", "cannot be written");
    }
    return status;
  }

  Handle make(const std::string& name, hid_t type, const std::vector<std::size_t>& shape) const {
    keep_hdf5_quiet();
    const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation, false);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);  // all of it is written anyway
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    const Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
    Handle dataset(H5Dcreate2(file, name.c_str(), type, space, links, creation, H5P_DEFAULT), H5Dclose);
    checked(name, static_cast<hid_t>(dataset));
    return dataset;
  }

  void write_attribute(const std::string& name, hid_t type, const void* value) const {
    keep_hdf5_quiet();
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute(H5Acreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    checked(name, static_cast<hid_t>(attribute));
    checked(name, H5Awrite(attribute, type, value));
  }
};

Hdf5Writer::Hdf5Writer(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
  keep_hdf5_quiet();
  state_->path = file;
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation, false);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access, false, true);
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);  // checksummed metadata; readable everywhere
  state_->file = Handle(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose);
  if (!state_->file.valid()) {
    throw environment_error(file.string(), "check the folder's permissions and free space", "cannot be created");
  }
}

Hdf5Writer::~Hdf5Writer() { keep_hdf5_quiet(); }

template <typename T>
void Hdf5Writer::write(const std::string& name, const std::vector<std::size_t>& shape, std::span<const T> values) {
  if (Hdf5Layout{Hdf5Type::other, shape}.size() != values.size()) {
    throw bug_error(name, "", "{} values for the shape {}", values.size(), describe(shape));
  }
  const Handle dataset = state_->make(name, native_type<T>(), shape);
  state_->checked(name, H5Dwrite(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
}

void Hdf5Writer::write_texts(const std::string& name, const std::vector<std::string>& texts) {
  std::size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, text.size());
  std::string padded;
  for (const std::string& text : texts) padded += text + std::string(width - text.size(), '\0');
  const Handle type = text_type(width);
  const Handle dataset = state_->make(name, type, {texts.size()});
  state_->checked(name, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()));
}

template <typename T>
void Hdf5Writer::make(const std::string& name, const std::vector<std::size_t>& shape) {
  state_->open_datasets.emplace(name, state_->make(name, native_type<T>(), shape));
}

template <typename T>
void Hdf5Writer::write_entry(const std::string& name, std::size_t index, std::span<const T> values) {
  keep_hdf5_quiet();
  const Handle& dataset = state_->open_datasets.at(name);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  std::vector<hsize_t> extents(H5Sget_simple_extent_ndims(space));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  extents[0] = 1;
  const std::size_t size = std::accumulate(extents.begin(), extents.end(), std::size_t{1}, std::multiplies<>());
  if (size != values.size()) throw bug_error(name, "", "{} values for an entry of {}", values.size(), size);
  std::vector<hsize_t> start(extents.size(), 0);
  start[0] = index;
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, extents.data(), nullptr);
  const hsize_t count = size;
  const Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose);
  state_->checked(name, H5Dwrite(dataset, native_type<T>(), memory, space, H5P_DEFAULT, values.data()));
}

void Hdf5Writer::write_attribute(const std::string& name, const std::string& text) {
  std::string padded = text;
  padded.resize(std::max<std::size_t>(text.size(), 1));  // HDF5 has no text of width 0
  state_->write_attribute(name, text_type(padded.size()), padded.data());
}

void Hdf5Writer::write_attribute(const std::string& name, std::int64_t number) {
  state_->write_attribute(name, H5T_NATIVE_INT64, &number);
}

void Hdf5Writer::write_attribute(const std::string& name, double number) {
  state_->write_attribute(name, H5T_NATIVE_DOUBLE, &number);
}

void Hdf5Writer::close() {
  keep_hdf5_quiet();
  bool good = true;
  for (auto& [name, dataset] : state_->open_datasets) good &= dataset.close();
  good &= state_->file.close();
  if (!good) throw environment_error(state_->path.string(), "is the disk full?", "cannot be written to its end");
}

template Hdf5Array<std::int8_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::uint8_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::int32_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::int64_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<float> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<double> Hdf5Reader::read(const std::string&) const;
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::int8_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::uint8_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::int32_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::int64_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const float>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const double>);
template void Hdf5Writer::make<std::uint8_t>(const std::string&, const std::vector<std::size_t>&);
template void Hdf5Writer::write_entry(const std::string&, std::size_t, std::span<const std::uint8_t>);

}  // namespace pbn
