// The pose file: one split of one data set, cropped and ready to train on (HDF5; docs/file-formats.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/skeleton.h"
#include "data/photographs/image.h"
#include "data/pose_file/people.h"

namespace pbn {

struct PoseFileInfo {
  std::string skeleton;     // "mpii16" or "lsp14"
  std::string dataset;      // "lsp", "lspet", "synthetic", ...
  std::string split;        // "train", "test", "validation"
  std::string source;       // where it was made from and how, in words
  std::string reference;    // what reference_length is: "head" (PCKh) or "torso" (PCK)
  int box_pixels = 256;     // side of the person's box, and of the network's input: a multiple of 64
  double extent = 1.75;     // the crop is this much larger than the box
  int jpeg_quality = 0;     // of the stored crops, 1..100; 0: raw pixels
  std::string fingerprint;  // SHA-256 over crops as stored and people; filled in by the writer

  // People who were left out, and why: "im0007.jpg person 1: is a JPEG that was cut short".
  std::vector<std::string> skipped{};

  // Known of a file that was read.
  std::string generator{};            // the program that wrote it: "pbn"; empty where it does not say
  std::string people_sha256{};        // of the people that are in it (data/pose_file/pose_digests.h)
  std::string given_people_sha256{};  // what the file itself says of them; empty: nothing

  // S: box_pixels * extent, rounded up to an even number; the box stands in the middle of the crop.
  int crop_pixels() const;
};

// Whether the people must be those whose digest stands in the file. A file without one is taken as it is.
enum class PeopleDigest { checked, ignored };

// Reading. The file is opened once by HDF5 to learn the byte offsets; crops are then read with pread from any thread.
class PoseFile {
 public:
  // Throws a data error that names the file and the dataset for anything that is not a whole pose file, and for one
  // whose people were changed without `pbn renew`: its fingerprint would be that of other data.
  explicit PoseFile(const std::filesystem::path& file, PeopleDigest digest = PeopleDigest::checked);
  ~PoseFile();
  PoseFile(PoseFile&&) noexcept;
  PoseFile& operator=(PoseFile&&) noexcept;

  const std::filesystem::path& path() const;
  const PoseFileInfo& info() const;
  const Skeleton& skeleton() const;
  const std::vector<Person>& people() const;  // (N)

  // The pixels of person `index`, (S, S, 3) RGB; with a window, those of the window to their places, and nothing that
  // can be relied upon elsewhere. Thread-safe. Throws data and environment errors that name file and person.
  void read_crop(std::int64_t index, std::span<std::uint8_t> pixels) const;
  void read_crop(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;

  std::vector<std::uint8_t> read_stored(std::int64_t index) const;  // as the file holds the crop: see stored_crop

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a file keeps of a crop (S, S, 3): its pixels, or a JPEG of them. Thread-safe, so that many threads may make what
// one writer adds.
std::vector<std::uint8_t> stored_crop(const PoseFileInfo& info, std::vector<std::uint8_t> crop);

// Writing: people one after the other, then finish. Without finish nothing is left behind. Equal content gives equal
// bytes; the fingerprint is made on the way. JPEGs wait in an unlinked file beside the final one until all are known.
class PoseFileWriter {
 public:
  // `people` is the final number. Throws a usage error when box_pixels is not a multiple of 64 or the quality is none,
  // and an environment error when the folder cannot be written.
  PoseFileWriter(const std::filesystem::path& file, PoseFileInfo info, std::int64_t people);
  ~PoseFileWriter();

  void add(const Person& person, std::span<const std::uint8_t> stored);  // of stored_crop
  std::string finish();                                                  // the fingerprint

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pbn
