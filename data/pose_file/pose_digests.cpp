#include "data/pose_file/pose_digests.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/pose_file/pose_file.h"

namespace pbn::data {
namespace fs = std::filesystem;

void PeopleColumns::add(const Person& person) {
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    const bool known = person.labelled[part];
    joints.insert(joints.end(), {known ? person.joints[part][0] : 0.0F, known ? person.joints[part][1] : 0.0F});
    labelled.push_back(known ? 1 : 0);
    occluded.push_back(static_cast<std::int8_t>(person.occluded[part]));
  }
  crop_to_image.insert(crop_to_image.end(), person.crop_to_image.begin(), person.crop_to_image.end());
  reference_length.push_back(person.reference_length);
  person_index.push_back(person.person_index);
  image_name.push_back(person.image_name);
}

namespace {

void update(Sha256& sum, const PeopleColumns& people) {
  sum.update(view(people.joints));
  sum.update(view(people.labelled));
  sum.update(view(people.occluded));
  sum.update(view(people.crop_to_image));
  sum.update(view(people.reference_length));
}

}  // namespace

std::string people_sha256(const PoseFileInfo& info, const PeopleColumns& people) {
  Sha256 sum;
  sum.update(fmt::format("pbn-people 1 {} {} {} {:.17g} {}\n", info.skeleton->text, info.reference, info.box_pixels,
                         info.extent, people.reference_length.size()));
  update(sum, people);
  return sum.hex();
}

PoseFingerprint::PoseFingerprint(const PoseFileInfo& info, std::int64_t people) : is_jpeg_(info.jpeg_quality > 0) {
  sum_.update(fmt::format("pbn-pose 1 {} {} {} {:.17g} {}{}\n", info.skeleton->text, info.reference, info.box_pixels,
                          info.extent, people, is_jpeg_ ? " jpeg" : ""));
}

void PoseFingerprint::add(const Person& person, std::span<const std::uint8_t> stored) {
  PeopleColumns column;
  column.add(person);
  if (is_jpeg_) sum_.update(fmt::format("{}\n", stored.size()));
  sum_.update(stored);
  update(sum_, column);
}

std::string fingerprint_of_content(const PoseFile& file) {
  const auto people = std::ssize(file.people());
  PoseFingerprint fingerprint(file.info(), people);
  for (std::int64_t n = 0; n < people; ++n) {
    fingerprint.add(file.people()[static_cast<std::size_t>(n)], file.read_stored(n));
  }
  return fingerprint.hex();
}

PoseFileRenewal renew_pose_file(const fs::path& path) {
  const PoseFile file(path, PeopleDigest::ignored);
  const PoseFileInfo& info = file.info();
  PoseFileRenewal renewal{info.fingerprint, fingerprint_of_content(file)};
  renewal.changed = renewal.before != renewal.after || info.given_people_sha256 != info.people_sha256;
  if (!renewal.changed) return renewal;
  const fs::path place = fs::canonical(path);  // the target of a symbolic link
  const fs::perms permissions = fs::status(place).permissions();
  UnfinishedFile copy(place);
  std::error_code problem;
  fs::copy_file(place, copy.path(), fs::copy_options::overwrite_existing, problem);
  if (problem) {
    throw environment_error(place.string(), "the folder must have room for a copy of it, and be writable",
                            "cannot be copied: {}", problem.message());
  }
  fs::permissions(copy.path(), fs::perms::owner_write, fs::perm_options::add);
  replace_text_attributes(copy.path(), {{"fingerprint", renewal.after}, {"people_sha256", info.people_sha256}});
  fs::permissions(copy.path(), permissions);
  copy.commit();
  return renewal;
}

}  // namespace pbn::data
