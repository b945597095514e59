// What reading and writing HDF5 share. Private to data/hdf5/.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace pbn::data::hdf5 {

// Any HDF5 identifier, closed by the function for its kind.
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

// HDF5 calls it at each of its errors instead of printing them. Only the sandbox sets it (hdf5_sandbox.cpp).
struct ErrorWatcher {
  H5E_auto2_t function = nullptr;
  void* data = nullptr;
};
inline ErrorWatcher error_watcher;

// HDF5 keeps this setting per thread, so every entry point calls it.
inline void silence_errors() { H5Eset_auto2(H5E_DEFAULT, error_watcher.function, error_watcher.data); }

// File access without HDF5's locks.
inline Handle unlocked_access() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access, false, true);
  return access;
}

}  // namespace pbn::data::hdf5
