// Editing HDF5 files in ways that our writers do not support, for tests of readers.
#pragma once

#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/hdf5/hdf5_handle.h"

namespace pbn::data {

// Opens or creates a file and closes it at the end of the scope.
class Hdf5Edit {
 public:
  explicit Hdf5Edit(const std::filesystem::path& path)
      : file_(std::filesystem::exists(path) ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                                            : H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT),
              H5Fclose) {
    EXPECT_TRUE(file_.valid()) << path;
  }
  hid_t file() const { return file_; }

  void remove(const std::string& dataset) { EXPECT_GE(H5Ldelete(file_, dataset.c_str(), H5P_DEFAULT), 0) << dataset; }

  // Replaces or adds a dataset; `creation` as for H5Dcreate2. Writes nothing if there are no values.
  template <typename T>
  void put(const std::string& dataset, const std::vector<hsize_t>& shape, const std::vector<T>& values,
           hid_t creation = H5P_DEFAULT) {
    claim(dataset, hdf5::native_type<T>(), shape, creation);
    if (values.empty()) return;
    const hdf5::Handle made(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
    EXPECT_GE(H5Dwrite(made, hdf5::native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  }

  // The same for any type, without values.
  void claim(const std::string& dataset, hid_t type, const std::vector<hsize_t>& shape, hid_t creation = H5P_DEFAULT) {
    if (H5Lexists(file_, dataset.c_str(), H5P_DEFAULT) > 0) remove(dataset);
    const hdf5::Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    const hdf5::Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const hdf5::Handle made(H5Dcreate2(file_, dataset.c_str(), type, space, links, creation, H5P_DEFAULT), H5Dclose);
    EXPECT_TRUE(made.valid()) << dataset;
  }

  void remove_attribute(const std::string& name) { EXPECT_GE(H5Adelete(file_, name.c_str()), 0) << name; }

  // Replaces or adds an attribute: a text or a list of numbers.
  void put_attribute(const std::string& name, const std::string& text) {
    const hdf5::Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, text.size() + 1);
    write_attribute(name, type, hdf5::Handle(H5Screate(H5S_SCALAR), H5Sclose), text.c_str());
  }
  void put_attribute(const std::string& name, const std::vector<double>& numbers) {
    const hsize_t extent = numbers.size();
    write_attribute(name, H5T_NATIVE_DOUBLE, hdf5::Handle(H5Screate_simple(1, &extent, nullptr), H5Sclose),
                    numbers.data());
  }

 private:
  void write_attribute(const std::string& name, hid_t type, hid_t space, const void* value) {
    if (H5Aexists(file_, name.c_str()) > 0) remove_attribute(name);
    const hdf5::Handle made(H5Acreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    EXPECT_GE(H5Awrite(made, type, value), 0) << name;
  }

  hdf5::Handle file_;
};

// A creation list for chunks of this shape, deflated.
inline hdf5::Handle packed(const std::vector<hsize_t>& chunk) {
  hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  H5Pset_deflate(creation, 1);
  return creation;
}

}  // namespace pbn::data
