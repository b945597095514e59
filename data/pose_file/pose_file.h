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

namespace pbn::data {

struct PoseFileInfo {
  const config::Skeleton* skeleton = &config::mpii16();  // one that the program keeps (config/skeleton.h)
  std::string dataset{};                                 // "lsp", "lspet", "synthetic", ...
  std::string split{};                                   // "train", "test", "validation"
  std::string source{};                                  // in words: the data set, and how the file was made
  std::string reference{};    // what reference_length is: "head" (PCKh), "torso", "box" or "pair" (PCK; is_reference)
  int box_pixels = 256;       // side of the person's box, and of the network's input: a multiple of 64
  double extent = 1.75;       // side of the crop relative to the side of the box
  int jpeg_quality = 0;       // of the stored crops, 1..100; 0: raw pixels
  std::string fingerprint{};  // SHA-256 over stored crops and people; the writer sets it

  // People who were left out, with the reason: "im0007.jpg person 1: is a JPEG that was cut short".
  std::vector<std::string> skipped{};

  // Set when a file is read.
  std::string generator{};            // program that wrote it: "pbn"; empty if unknown
  std::string people_sha256{};        // computed from the people (data/pose_file/pose_digests.h)
  std::string given_people_sha256{};  // stored in the file; empty if absent

  // S: box_pixels * extent, rounded up to an even number. The box is in the middle of the crop.
  int crop_pixels() const;
};

// Whether people_sha256 must match the people. Files without it are always accepted.
enum class PeopleDigest { checked, ignored };

// Reads a pose file. HDF5 opens it once to find the byte offsets; afterwards any thread can read crops with pread.
class PoseFile {
 public:
  // Throws a data error that names file and dataset if the file is not a complete pose file, or if its people were
  // changed without `pbn renew`, because then its fingerprint is that of other data.
  explicit PoseFile(const std::filesystem::path& file, PeopleDigest digest = PeopleDigest::checked);
  ~PoseFile();
  PoseFile(PoseFile&&) noexcept;
  PoseFile& operator=(PoseFile&&) noexcept;

  const std::filesystem::path& path() const;
  const PoseFileInfo& info() const;
  const config::Skeleton& skeleton() const;
  const std::vector<Person>& people() const;  // (N)

  // Reads the pixels of person `index`, (S, S, 3) RGB. With a window only the pixels in it are defined. Thread-safe.
  // Throws data and environment errors that name file and person.
  void read_crop(std::int64_t index, std::span<std::uint8_t> pixels) const;
  void read_crop(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const;

  std::vector<std::uint8_t> read_stored(std::int64_t index) const;  // the crop's bytes in the file, see stored_crop

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The bytes that a file stores for a crop (S, S, 3): its pixels or a JPEG of them. Thread-safe, so that many threads
// can encode for one writer.
std::vector<std::uint8_t> stored_crop(const PoseFileInfo& info, std::vector<std::uint8_t> crop);

// Writes a pose file: add every person, then finish. Without finish, no file remains. Equal content gives equal bytes.
// JPEGs are collected in an unlinked temporary file until their total size is known.
class PoseFileWriter {
 public:
  // `people` is the final number. Throws a usage error for an invalid box_pixels, extent or quality, and an environment
  // error if the folder cannot be written.
  PoseFileWriter(const std::filesystem::path& file, PoseFileInfo info, std::int64_t people);
  ~PoseFileWriter();

  void add(const Person& person, std::span<const std::uint8_t> stored);  // see stored_crop
  std::string finish();                                                  // returns the fingerprint

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pbn::data
