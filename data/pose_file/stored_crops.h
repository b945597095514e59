// The crops inside a pose file (docs/file-formats.md, images/*): pixels of one size, or JPEGs one behind the other.
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

namespace pbn {

// Reading: byte offsets once, then pread from any thread.
class StoredCrops {
 public:
  // Throws a data error that names the dataset where crops are missing or do not lie in the file as they should.
  StoredCrops(const Hdf5Reader& file, const std::filesystem::path& path, const PoseFileInfo& info);

  std::int64_t size() const;  // N, at least 1

  // The window's pixels of crop `index` to their places in `pixels`, (S, S, 3) RGB; what is outside of the window is
  // undefined afterwards. Thread-safe; each thread keeps the memory of its largest JPEG. Throws an environment error
  // when the bytes cannot be read, and a data error, both with the person's number, when they are a damaged JPEG.
  void read(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;

  std::vector<std::uint8_t> read_stored(std::int64_t index) const;  // its bytes in the file

 private:
  void read_bytes(std::int64_t index, std::int64_t first, std::span<std::uint8_t> bytes) const;
  void read_jpeg(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;

  std::filesystem::path path_;
  int side_;                        // S
  bool jpeg_;                       // else raw
  std::vector<std::int64_t> ends_;  // (N + 1) where crop n begins and crop n - 1 ends: bytes of the file
  Descriptor opened_;
};

// Writing, in order. What a JPEG dataset's size will be is known only at the end, and HDF5 cannot lengthen a dataset
// that lies in one piece: the JPEGs wait in a file without a name, which vanishes with the process.
class StoredCropsWriter {
 public:
  // `beside`: where the waiting file may be made. Throws environment errors when it cannot be written.
  StoredCropsWriter(Hdf5Writer& file, const PoseFileInfo& info, std::int64_t people,
                    const std::filesystem::path& beside);

  void add(std::span<const std::uint8_t> stored);
  void finish();  // once, after the last

 private:
  [[noreturn]] void refuse(const char* doing) const;

  Hdf5Writer& file_;
  std::filesystem::path beside_;
  std::vector<std::int64_t> offsets_{0};                                           // (crops so far + 1), JPEG
  std::int64_t added_ = 0;                                                         // crops so far, raw
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> waiting_{nullptr, std::fclose};  // null: raw
};

}  // namespace pbn
