// data/pose_file/pose_file.h: the input chooses the types, shapes, layouts and values of the datasets and attributes of
// a valid HDF5 file. Damaged HDF5 is opened in a child process (data/hdf5/hdf5_sandbox.h) and not tested here.
#include "data/pose_file/pose_file.h"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/descriptor.h"
#include "data/hdf5/hdf5_handle.h"
#include "data/hdf5/hdf5_sandbox.h"
#include "data/photographs/image.h"
#include "fuzz/target.h"

namespace pbn {
namespace {

using data::hdf5::Handle;
using Shape = std::vector<hsize_t>;

constexpr int side = 64;
constexpr hsize_t parts = 14;

// Decisions from the input; zeros, which mean the ordinary choice, when it is exhausted.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}

  unsigned byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  bool odd_one() { return byte() % 8 == 7; }
  template <typename T, std::size_t n>
  T one_of(const std::array<T, n>& list) {
    return list[byte() % n];
  }
  // Overwrites some of the values with the next bytes.
  void overwrite(std::vector<char>& values) {
    for (unsigned changes = byte() % 4; changes > 0 && !values.empty(); --changes) {
      const std::size_t place = (byte() * 256 + byte()) % values.size();
      const std::size_t count = std::min({std::size_t{1} + byte() % 8, bytes_.size(), values.size() - place});
      std::copy_n(bytes_.begin(), count, values.begin() + static_cast<std::ptrdiff_t>(place));
      bytes_.remove_prefix(count);
    }
  }

 private:
  std::string_view bytes_;
};

template <typename T>
std::vector<char> bytes_of(const std::vector<T>& values) {
  std::vector<char> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

hsize_t size_of(const Shape& shape) {
  hsize_t size = 1;
  for (const hsize_t extent : shape) size *= extent;
  return size;
}

Shape chosen_shape(Choices& choices, Shape shape) {
  if (!choices.odd_one()) return shape;
  constexpr std::array<hsize_t, 8> extents{0, 1, 2, 3, parts, hsize_t{1} << 31, hsize_t{1} << 40, hsize_t{1} << 60};
  if (choices.byte() % 2 == 0) shape.resize(choices.byte() % 5, 1);
  if (!shape.empty()) shape[choices.byte() % shape.size()] = choices.one_of(extents);
  return shape;
}

Handle chosen_type(Choices& choices, hid_t type) {
  const std::array<hid_t, 10> others{H5T_STD_U8LE,   H5T_STD_I8LE,   H5T_STD_U16BE,   H5T_STD_I32LE, H5T_STD_I64BE,
                                     H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_STD_REF_OBJ, H5T_STD_B8LE,  H5T_C_S1};
  return {H5Tcopy(choices.odd_one() ? choices.one_of(others) : type), H5Tclose};
}

Handle chosen_layout(Choices& choices, const Shape& shape) {
  Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
  const unsigned choice = choices.odd_one() ? choices.byte() % 4 : 0;
  if (choice == 1) H5Pset_layout(creation, H5D_COMPACT);
  if (choice == 2) H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE);
  if (choice == 3 && !shape.empty() && size_of(shape) > 0 && size_of(shape) < 10'000) {
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_INCR);
    H5Pset_chunk(creation, static_cast<int>(shape.size()), shape.data());
    H5Pset_deflate(creation, 1);
  }
  return creation;
}

class ChosenFile {
 public:
  ChosenFile(const std::filesystem::path& path, Choices& choices)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose), choices_(choices) {
    for (const char* group : {"images", "people"}) {
      H5Gclose(H5Gcreate2(file_, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    }
  }

  // Writes the ordinary dataset, a variation of it, or none.
  void dataset(const char* name, hid_t ordinary_type, const Shape& ordinary_shape, std::vector<char> values) {
    if (choices_.odd_one() && choices_.odd_one()) return;
    const Handle type = chosen_type(choices_, ordinary_type);
    const Shape shape = chosen_shape(choices_, ordinary_shape);
    choices_.overwrite(values);
    const Handle creation = chosen_layout(choices_, shape);
    const Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    // HDF5 would reserve space for large datasets at once.
    if (shape != ordinary_shape && size_of(shape) > 10'000) H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE);
    const Handle made(H5Dcreate2(file_, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
    if (!made.valid() || size_of(shape) > 100'000) return;
    values.resize(size_of(shape) * H5Tget_size(type));
    H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }

  void attribute(const char* name, hid_t ordinary_type, std::vector<char> value) {
    if (choices_.odd_one() && choices_.odd_one()) return;
    const Handle type = chosen_type(choices_, ordinary_type);
    choices_.overwrite(value);
    const hsize_t extent = choices_.odd_one() ? choices_.byte() % 3 : 1;
    const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
    const Handle made(H5Acreate2(file_, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    value.resize(std::max<std::size_t>(extent, 1) * H5Tget_size(type));
    if (made.valid()) H5Awrite(made, type, value.data());
  }
  void text(const char* name, const std::string& value) {
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, std::max<std::size_t>(value.size(), 1));
    attribute(name, type, {value.begin(), value.end()});
  }

 private:
  Handle file_;
  Choices& choices_;
};

void write_attributes(ChosenFile& file, bool jpeg) {
  for (const auto& [name, text] : {std::pair("format", std::string("pbn-pose")),
                                   {"skeleton", "lsp14"},
                                   {"dataset", "fuzz"},
                                   {"split", "train"},
                                   {"source", ""},
                                   {"reference", "torso"},
                                   {"fingerprint", std::string(64, '0')}}) {
    file.text(name, text);
  }
  file.attribute("version", H5T_NATIVE_INT64, bytes_of<std::int64_t>({1}));
  file.attribute("box_pixels", H5T_NATIVE_INT64, bytes_of<std::int64_t>({side}));
  file.attribute("extent", H5T_NATIVE_DOUBLE, bytes_of<double>({1}));
  if (jpeg) file.attribute("jpeg_quality", H5T_NATIVE_INT64, bytes_of<std::int64_t>({90}));
}

void write_crops(ChosenFile& file, bool jpeg, hsize_t people) {
  if (!jpeg) {
    file.dataset("images/pixels", H5T_NATIVE_UINT8, {people, side, side, 3}, {});
    return;
  }
  static const std::string one = data::encode_jpeg({side, side, std::vector<std::uint8_t>(side * side * 3, 100)}, 90);
  std::string all;
  std::vector<std::int64_t> offsets{0};
  for (hsize_t n = 0; n < people; ++n) {
    all += one;
    offsets.push_back(static_cast<std::int64_t>(all.size()));
  }
  file.dataset("images/jpeg", H5T_NATIVE_UINT8, {all.size()}, {all.begin(), all.end()});
  file.dataset("images/offsets", H5T_NATIVE_INT64, {people + 1}, bytes_of(offsets));
}

void write_people(ChosenFile& file, hsize_t people) {
  std::vector<double> maps;
  for (hsize_t n = 0; n < people; ++n) maps.insert(maps.end(), {1, 0, 0, 0, 1, 0});
  file.dataset("people/joints", H5T_NATIVE_FLOAT, {people, parts, 2},
               bytes_of(std::vector<float>(people * parts * 2, 5)));
  file.dataset("people/labelled", H5T_NATIVE_UINT8, {people, parts}, std::vector<char>(people * parts, 1));
  file.dataset("people/occluded", H5T_NATIVE_INT8, {people, parts}, std::vector<char>(people * parts, 0));
  file.dataset("people/crop_to_image", H5T_NATIVE_DOUBLE, {people, 2, 3}, bytes_of(maps));
  file.dataset("people/reference_length", H5T_NATIVE_FLOAT, {people}, bytes_of(std::vector<float>(people, 20)));
  file.dataset("people/person_index", H5T_NATIVE_INT32, {people}, bytes_of(std::vector<std::int32_t>(people, 0)));
  const Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(text, 8);
  file.dataset("people/image_name", text, {people}, std::vector<char>(people * 8, 'a'));
}

}  // namespace

void fuzz(std::string_view bytes) {
  data::open_hdf5_without_sandbox_for_fuzzing();
  data::hdf5::silence_errors();
  static const MemoryFile memory;
  const std::ofstream empty(memory.path());
  Choices choices(bytes);
  const bool jpeg = choices.byte() % 2 == 1;
  const hsize_t people = 1 + choices.byte() % 3;
  {
    ChosenFile file(memory.path(), choices);
    write_attributes(file, jpeg);
    write_crops(file, jpeg, people);
    write_people(file, people);
  }
  read_or_refuse(Blame::data, memory.path(), [] {
    const data::PoseFile file(memory.path());
    std::vector<std::uint8_t> crop(static_cast<std::size_t>(3 * file.info().crop_pixels() * file.info().crop_pixels()));
    for (std::size_t n = 0; n < file.people().size(); ++n) file.read_crop(static_cast<std::int64_t>(n), crop);
  });
}

}  // namespace pbn
