#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "data/pose_file/stored_crops.h"

namespace pbn {

StoredCropsWriter::StoredCropsWriter(Hdf5Writer& file, const PoseFileInfo& info, std::int64_t people,
                                     const std::filesystem::path& beside)
    : file_(file), beside_(beside) {
  if (info.jpeg_quality == 0) {
    const auto side = static_cast<std::size_t>(info.crop_pixels());
    file_.make<std::uint8_t>("images/pixels", {static_cast<std::size_t>(people), side, side, 3});
    return;
  }
  beside_ += ".jpeg.tmp";  // should it be killed before it unlinks: by its end it is known as a temporary
  const int descriptor = ::open(beside_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) refuse("made");
  waiting_.reset(::fdopen(descriptor, "w+"));
  ::unlink(beside_.c_str());
}

void StoredCropsWriter::add(std::span<const std::uint8_t> stored) {
  if (!waiting_) return file_.write_entries("images/pixels", static_cast<std::size_t>(added_++), stored);
  if (std::fwrite(stored.data(), 1, stored.size(), waiting_.get()) != stored.size()) refuse("written");
  offsets_.push_back(offsets_.back() + std::ssize(stored));
}

void StoredCropsWriter::finish() {
  if (!waiting_) return;
  const auto total = static_cast<std::size_t>(offsets_.back());
  file_.make<std::uint8_t>("images/jpeg", {total});
  std::rewind(waiting_.get());
  std::vector<std::uint8_t> block(std::size_t{8} << 20);
  for (std::size_t done = 0; done < total; done += block.size()) {
    block.resize(std::min(block.size(), total - done));
    if (std::fread(block.data(), 1, block.size(), waiting_.get()) != block.size()) refuse("read again");
    file_.write_entries<std::uint8_t>("images/jpeg", done, block);
  }
  file_.write<std::int64_t>("images/offsets", {offsets_.size()}, offsets_);
}

void StoredCropsWriter::refuse(const char* doing) const {
  throw environment_error(beside_.string(), "is the disk full?", "cannot be {}: {}", doing, std::strerror(errno));
}

}  // namespace pbn
