// The crops in a pose file (docs/file-formats.md, images/*): pixels of fixed size, or concatenated JPEGs.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/descriptor.h"
#include "data/hdf5/hdf5.h"
#include "data/photographs/image.h"
#include "data/pose_file/pose_file.h"

namespace pbn::data {

// Reads crops. Byte offsets are read once; then any thread reads with pread.
class StoredCrops {
 public:
  // Throws a data error that names the dataset if crops are missing or not stored as documented.
  StoredCrops(const Hdf5Reader& file, const std::filesystem::path& path, const PoseFileInfo& info);

  std::int64_t size() const;  // N, at least 1

  // Reads the pixels of crop `index` within the window into `pixels`, (S, S, 3) RGB; other pixels are undefined
  // afterwards. Thread-safe; each thread keeps a buffer for its largest JPEG. Throws errors that name the person: an
  // environment error if the bytes cannot be read, a data error for a damaged JPEG.
  void read(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;

  std::vector<std::uint8_t> read_stored(std::int64_t index) const;  // the bytes in the file

 private:
  void read_bytes(std::int64_t index, std::int64_t first, std::span<std::uint8_t> bytes) const;
  void read_jpeg(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;

  std::filesystem::path path_;
  int side_;                        // S
  bool jpeg_;                       // else raw pixels
  std::vector<std::int64_t> ends_;  // (N + 1) file offsets at which crop n begins and crop n - 1 ends
  Descriptor opened_;
};

// Writes crops in order. The size of the JPEG dataset is known only at the end, and HDF5 cannot extend a contiguous
// dataset, so JPEGs are collected in an unlinked temporary file, which vanishes with the process.
class StoredCropsWriter {
 public:
  // The temporary file is created beside `beside`. Throws environment errors if it cannot be written.
  StoredCropsWriter(Hdf5Writer& file, const PoseFileInfo& info, std::int64_t people,
                    const std::filesystem::path& beside);

  void add(std::span<const std::uint8_t> stored);
  void finish();  // once, after the last

 private:
  [[noreturn]] void fail(const char* action) const;

  Hdf5Writer& file_;
  std::filesystem::path beside_;
  std::vector<std::int64_t> offsets_{0};                                           // (crops so far + 1) of JPEGs
  std::int64_t added_ = 0;                                                         // raw crops so far
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> waiting_{nullptr, std::fclose};  // null if raw
};

}  // namespace pbn::data
