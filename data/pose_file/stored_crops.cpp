#include "data/pose_file/stored_crops.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "data/photographs/jpeg.h"
#include "data/pose_file/expected_dataset.h"

namespace pbn::data {
namespace {

constexpr const char *raw = "images/pixels", *jpeg = "images/jpeg", *offsets = "images/offsets";

// The number of people in a dataset with one entry per person and `more` additional entries.
std::size_t people_of(const Hdf5Reader& file, const char* dataset, std::size_t more) {
  const Hdf5Layout layout = file.layout(dataset);
  if (layout.shape.empty() || layout.shape[0] <= more) {
    throw data_error(file.where(dataset), pose_file_rules, "has no people");
  }
  return layout.shape[0] - more;
}

std::vector<std::int64_t> locate_raw(const Hdf5Reader& file, std::size_t side) {
  const std::size_t people = people_of(file, raw, 0);
  expect_dataset<std::uint8_t>(file, raw, {people, side, side, 3});
  std::vector<std::int64_t> ends(people + 1, file.begin_of(raw));
  for (std::size_t n = 0; n <= people; ++n) ends[n] += static_cast<std::int64_t>(n * side * side * 3);
  return ends;
}

std::vector<std::int64_t> locate_jpeg(const Hdf5Reader& file) {
  const std::size_t people = people_of(file, offsets, 1);
  std::vector<std::int64_t> ends = read_expected<std::int64_t>(file, offsets, {people + 1});
  const Hdf5Layout layout = file.layout(jpeg);
  expect_dataset<std::uint8_t>(file, jpeg, {layout.shape.empty() ? 0 : layout.shape[0]});
  const std::int64_t begin = file.begin_of(jpeg);
  for (std::size_t n = 0; n < people; ++n) {
    if (ends[n] >= 0 && ends[n] < ends[n + 1]) continue;
    throw data_error(file.where(offsets), pose_file_rules, "the JPEG of person {} goes from byte {} to {}", n, ends[n],
                     ends[n + 1]);
  }
  if (ends[0] != 0 || ends[people] != static_cast<std::int64_t>(layout.shape[0])) {
    throw data_error(file.where(offsets), pose_file_rules, "go from {} to {}; expected 0 to {}, the size of {}",
                     ends[0], ends[people], layout.shape[0], jpeg);
  }
  for (std::int64_t& end : ends) end += begin;
  return ends;
}

}  // namespace

StoredCrops::StoredCrops(const Hdf5Reader& file, const std::filesystem::path& path, const PoseFileInfo& info)
    : path_(path),
      side_(info.crop_pixels()),
      jpeg_(info.jpeg_quality > 0),
      ends_(jpeg_ ? locate_jpeg(file) : locate_raw(file, static_cast<std::size_t>(side_))),
      opened_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!opened_.is_open()) throw environment_error(path.string(), "", "cannot be read: {}", std::strerror(errno));
}

std::int64_t StoredCrops::size() const { return std::ssize(ends_) - 1; }

void StoredCrops::read(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const {
  const std::size_t pitch = 3 * static_cast<std::size_t>(side_);
  if (index < 0 || index >= size() || pixels.size() != pitch * static_cast<std::size_t>(side_) || window.left < 0 ||
      window.top < 0 || window.right > side_ || window.bottom > side_) {
    throw bug_error(path_.string(), "", "person {} of {}, rows {} to {}, {} bytes for a crop of side {}", index, size(),
                    window.top, window.bottom, pixels.size(), side_);
  }
  if (window.empty()) return;
  if (jpeg_) return read_jpeg(index, window, pixels);
  const std::size_t first = static_cast<std::size_t>(window.top) * pitch;
  const std::size_t last = static_cast<std::size_t>(window.bottom) * pitch;
  read_bytes(index, static_cast<std::int64_t>(first), pixels.subspan(first, last - first));
}

std::vector<std::uint8_t> StoredCrops::read_stored(std::int64_t index) const {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(ends_[index + 1] - ends_[index]));
  read_bytes(index, 0, bytes);
  return bytes;
}

void StoredCrops::read_jpeg(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const {
  struct Scratch {
    std::vector<std::uint8_t> bytes;
    JpegDecoder decoder;
  };
  thread_local Scratch scratch;  // a new decoder for each person would take 10% longer
  const auto size = static_cast<std::size_t>(ends_[index + 1] - ends_[index]);
  if (scratch.bytes.size() < size) scratch.bytes.resize(size);
  const std::span bytes = std::span(scratch.bytes).first(size);
  read_bytes(index, 0, bytes);
  try {
    scratch.decoder.decode(bytes, side_, window, pixels);
  } catch (const Error& error) {
    throw Error(error.blame, fmt::format("{}: {}: person {}", path_.string(), jpeg, index), error.problem,
                "copy the file again, or write this person's JPEG again");
  }
}

void StoredCrops::read_bytes(std::int64_t index, std::int64_t first, std::span<std::uint8_t> bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::pread(opened_.number(), bytes.data() + done, bytes.size() - done,
                                  ends_[index] + first + static_cast<std::int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      throw environment_error(fmt::format("{}: {}", path_.string(), jpeg_ ? jpeg : raw),
                              "was the file replaced or cut?", "person {} cannot be read: {}", index,
                              count < 0 ? std::strerror(errno) : "end of file");
    }
    done += static_cast<std::size_t>(count);
  }
}

StoredCropsWriter::StoredCropsWriter(Hdf5Writer& file, const PoseFileInfo& info, std::int64_t people,
                                     const std::filesystem::path& beside)
    : file_(file), beside_(beside) {
  if (info.jpeg_quality == 0) {
    const auto side = static_cast<std::size_t>(info.crop_pixels());
    file_.make_bytes(raw, {static_cast<std::size_t>(people), side, side, 3});
    return;
  }
  beside_ += ".jpeg.tmp";  // the suffix of temporary files, in case the process is killed before it unlinks the file
  const int descriptor = ::open(beside_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) fail("created");
  waiting_.reset(::fdopen(descriptor, "w+"));
  ::unlink(beside_.c_str());
}

void StoredCropsWriter::add(std::span<const std::uint8_t> stored) {
  if (!waiting_) return file_.write_entries(raw, static_cast<std::size_t>(added_++), stored);
  if (std::fwrite(stored.data(), 1, stored.size(), waiting_.get()) != stored.size()) fail("written");
  offsets_.push_back(offsets_.back() + std::ssize(stored));
}

void StoredCropsWriter::finish() {
  if (!waiting_) return;
  const auto total = static_cast<std::size_t>(offsets_.back());
  file_.make_bytes(jpeg, {total});
  std::rewind(waiting_.get());
  std::vector<std::uint8_t> block(std::size_t{8} << 20);
  for (std::size_t done = 0; done < total; done += block.size()) {
    block.resize(std::min(block.size(), total - done));
    if (std::fread(block.data(), 1, block.size(), waiting_.get()) != block.size()) fail("read again");
    file_.write_entries(jpeg, done, block);
  }
  file_.write<std::int64_t>(offsets, {offsets_.size()}, offsets_);
}

void StoredCropsWriter::fail(const char* action) const {
  throw environment_error(beside_.string(), "is the disk full?", "cannot be {}: {}", action, std::strerror(errno));
}

}  // namespace pbn::data
