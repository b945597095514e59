#include "data/pose_file/pose_set.h"

#include <algorithm>

#include "base/error.h"

namespace pbn::data {
namespace {

void require_same_side(const PoseFile& first, const PoseFile& other) {
  const int side = first.info().box_pixels, other_side = other.info().box_pixels;
  if (side == other_side) return;
  throw usage_error(other.path().string(), fmt::format("prepare both with --box {}, or both with {}", side, other_side),
                    "cannot be used with {}: its box_pixels is {}, not {}", first.path().string(), other_side, side);
}

std::vector<PoseFile> alone(PoseFile file) {
  std::vector<PoseFile> files;
  files.push_back(std::move(file));
  return files;
}

}  // namespace

PoseSet::PoseSet(PoseFile file) : PoseSet(alone(std::move(file))) {}

PoseSet::PoseSet(std::vector<PoseFile> files, const config::Skeleton* as) : files_(std::move(files)) {
  if (files_.empty()) throw usage_error("data", "name at least one", "there is no pose file");
  skeleton_ = as ? as : &files_.front().skeleton();
  std::int64_t end = 0;
  for (const PoseFile& file : files_) {
    require_same_side(files_.front(), file);
    end += std::ssize(file.people());
    ends_.push_back(end);
    std::vector<Person>& mapped = mapped_.emplace_back();
    if (file.skeleton().parts == skeleton_->parts) continue;
    for (const Person& person : file.people()) mapped.push_back(with_parts_of(*skeleton_, person, file.skeleton()));
  }
}

std::int64_t PoseSet::size() const { return ends_.back(); }

int PoseSet::input_pixels() const { return files_.front().info().box_pixels; }

std::vector<std::string> PoseSet::fingerprints() const {
  std::vector<std::string> all;
  for (const PoseFile& file : files_) all.push_back(file.info().fingerprint);
  return all;
}

PoseSet::Place PoseSet::place_of(std::int64_t index) const {
  if (index < 0 || index >= size()) throw bug_error("pose set", "", "person {} of {}", index, size());
  const auto file = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), index) - ends_.begin());
  return {file, index - (file == 0 ? 0 : ends_[file - 1])};
}

const Person& PoseSet::person(std::int64_t index) const {
  const auto [file, number] = place_of(index);
  const std::vector<Person>& people = mapped_[file].empty() ? files_[file].people() : mapped_[file];
  return people[static_cast<std::size_t>(number)];
}

const PoseFileInfo& PoseSet::info(std::int64_t index) const { return files_[place_of(index).file].info(); }

void PoseSet::read_crop(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const {
  const auto [file, number] = place_of(index);
  files_[file].read_crop(number, window, pixels);
}

Person with_parts_of(const config::Skeleton& to, const Person& person, const config::Skeleton& from) {
  Person mapped = person;
  const auto parts = static_cast<std::size_t>(to.size());
  mapped.joints.assign(parts, {});
  mapped.labelled.assign(parts, false);
  mapped.occluded.assign(parts, Occlusion::unknown);
  for (std::size_t part = 0; part < parts; ++part) {
    const int there = from.index_of(to.parts[part]);
    if (there < 0) continue;
    mapped.joints[part] = person.joints[static_cast<std::size_t>(there)];
    mapped.labelled[part] = person.labelled[static_cast<std::size_t>(there)];
    mapped.occluded[part] = person.occluded[static_cast<std::size_t>(there)];
  }
  return mapped;
}

void require_labelled_joints(const PoseFile& file, const std::string& option) {
  for (const Person& person : file.people()) {
    if (std::find(person.labelled.begin(), person.labelled.end(), true) != person.labelled.end()) return;
  }
  throw usage_error(option, "a test split without joints can only be predicted",
                    "{} has no labelled joint to train on or to evaluate with", file.path().string());
}

}  // namespace pbn::data
