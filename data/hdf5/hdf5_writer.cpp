#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "base/error.h"
#include "data/hdf5/hdf5.h"
#include "data/hdf5/hdf5_handle.h"

namespace pbn::data {
namespace {

using namespace hdf5;

Handle text_type(std::size_t width) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, std::max<std::size_t>(width, 1));
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

}  // namespace

struct Hdf5Writer::State {
  std::filesystem::path path;
  Handle file;
  std::map<std::string, Handle> open_datasets;  // filled entry by entry

  // Fails if the disk is full.
  template <typename Status>
  Status checked(const std::string& name, Status status) const {
    if (status < 0) {
      throw environment_error(fmt::format("{}: {}", path.string(), name), "is the disk full?", "cannot be written");
    }
    return status;
  }

  // HDF5 can create them itself, but with timestamps.
  void make_groups_of(const std::string& dataset) const {
    const Handle creation(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation, false);
    for (std::size_t end = dataset.find('/'); end != std::string::npos; end = dataset.find('/', end + 1)) {
      const std::string name = dataset.substr(0, end);
      if (H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0) continue;
      const Handle group(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Gclose);
      checked(name, static_cast<hid_t>(group));
    }
  }

  Handle make(const std::string& name, hid_t type, const std::vector<std::size_t>& shape) const {
    silence_errors();
    make_groups_of(name);
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation, false);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);  // all values are written anyway
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    const Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
    Handle dataset(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
    checked(name, static_cast<hid_t>(dataset));
    return dataset;
  }

  void write_attribute(const std::string& name, hid_t type, const void* value) const {
    silence_errors();
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute(H5Acreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    checked(name, static_cast<hid_t>(attribute));
    checked(name, H5Awrite(attribute, type, value));
  }
};

Hdf5Writer::Hdf5Writer(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
  silence_errors();
  state_->path = file;
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation, false);
  const Handle access = unlocked_access();
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);  // checksummed metadata; readable everywhere
  state_->file = Handle(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose);
  if (!state_->file.valid()) {
    throw environment_error(file.string(), "check the folder's permissions and free space", "cannot be created");
  }
}

Hdf5Writer::~Hdf5Writer() { silence_errors(); }

template <typename T>
void Hdf5Writer::write(const std::string& name, const std::vector<std::size_t>& shape, std::span<const T> values) {
  if (Hdf5Layout{"", shape}.size() != values.size()) {
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

void Hdf5Writer::make_bytes(const std::string& name, const std::vector<std::size_t>& shape) {
  state_->open_datasets.emplace(name, state_->make(name, H5T_NATIVE_UINT8, shape));
}

void Hdf5Writer::write_entries(const std::string& name, std::size_t first, std::span<const std::uint8_t> values) {
  silence_errors();
  const Handle& dataset = state_->open_datasets.at(name);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  std::vector<hsize_t> extents(H5Sget_simple_extent_ndims(space));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  extents[0] = 1;
  const std::size_t size = std::accumulate(extents.begin(), extents.end(), std::size_t{1}, std::multiplies<>());
  if (values.size() % size != 0) throw bug_error(name, "", "{} values for entries of {}", values.size(), size);
  extents[0] = values.size() / size;
  std::vector<hsize_t> start(extents.size(), 0);
  start[0] = first;
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, extents.data(), nullptr);
  const hsize_t count = values.size();
  const Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose);
  state_->checked(name, H5Dwrite(dataset, H5T_NATIVE_UINT8, memory, space, H5P_DEFAULT, values.data()));
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
  silence_errors();
  bool good = true;
  for (auto& [name, dataset] : state_->open_datasets) good &= dataset.close();
  good &= state_->file.close();
  if (!good) throw environment_error(state_->path.string(), "is the disk full?", "cannot be written completely");
}

void replace_text_attributes(const std::filesystem::path& path,
                             const std::vector<std::pair<std::string, std::string>>& attributes) {
  silence_errors();
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, unlocked_access()), H5Fclose);
  bool good = file.valid();
  for (const auto& [name, text] : attributes) {
    if (good && H5Aexists(file, name.c_str()) > 0) good = H5Adelete(file, name.c_str()) >= 0;
    const Handle type = text_type(text.size());
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute(H5Acreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    good = good && attribute.valid() && H5Awrite(attribute, type, text.data()) >= 0;
  }
  good = file.close() && good;
  if (!good) throw environment_error(path.string(), "is the disk full?", "cannot be changed");
}

template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::int8_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::uint8_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::int32_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const std::int64_t>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const float>);
template void Hdf5Writer::write(const std::string&, const std::vector<std::size_t>&, std::span<const double>);

}  // namespace pbn::data
