#include <algorithm>

#include "base/error.h"
#include "data/batch_loader.h"

namespace pbn {
namespace {

void require_alike(const PoseFile& first, const PoseFile& other) {
  const auto require = [&](bool alike, const char* what, const auto& of_first, const auto& of_other) {
    if (alike) return;
    throw usage_error(other.path().string(), "prepare both alike", "cannot be used with {}: its {} is {}, not {}",
                      first.path().string(), what, of_other, of_first);
  };
  const PoseFileInfo &a = first.info(), &b = other.info();
  require(a.skeleton == b.skeleton, "skeleton", a.skeleton, b.skeleton);
  require(a.reference == b.reference, "reference length", a.reference, b.reference);
  require(a.box_pixels == b.box_pixels, "box_pixels", a.box_pixels, b.box_pixels);
}

}  // namespace

PoseSet::PoseSet(std::vector<PoseFile> files) : files_(std::move(files)) {
  if (files_.empty()) throw usage_error("data", "name at least one", "there is no pose file");
  std::int64_t end = 0;
  for (const PoseFile& file : files_) {
    require_alike(files_.front(), file);
    end += static_cast<std::int64_t>(file.people().size());
    ends_.push_back(end);
  }
}

std::int64_t PoseSet::size() const { return ends_.back(); }

const Skeleton& PoseSet::skeleton() const { return files_.front().skeleton(); }

int PoseSet::input_pixels() const { return files_.front().info().box_pixels; }

std::vector<std::string> PoseSet::fingerprints() const {
  std::vector<std::string> all;
  for (const PoseFile& file : files_) all.push_back(file.info().fingerprint);
  return all;
}

PoseSet::Place PoseSet::place_of(std::int64_t index) const {
  if (index < 0 || index >= size()) throw bug_error("pose set", "", "person {} of {}", index, size());
  const auto file = std::upper_bound(ends_.begin(), ends_.end(), index) - ends_.begin();
  const std::int64_t before = file == 0 ? 0 : ends_[static_cast<std::size_t>(file - 1)];
  return {files_[static_cast<std::size_t>(file)], index - before};
}

const Person& PoseSet::person(std::int64_t index) const {
  const Place place = place_of(index);
  return place.file.people()[static_cast<std::size_t>(place.index)];
}

const PoseFileInfo& PoseSet::info(std::int64_t index) const { return place_of(index).file.info(); }

void PoseSet::read_crop(std::int64_t index, std::span<std::uint8_t> pixels) const {
  const Place place = place_of(index);
  place.file.read_crop(place.index, pixels);
}

}  // namespace pbn
