#include "data/pose_file/pose_digests.h"

#include <fmt/format.h>

#include "data/pose_file/pose_file.h"

namespace pbn {
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

std::string people_sha256(const PoseFileInfo& info, const PeopleColumns& people) {
  Sha256 sum;
  sum.update(fmt::format("pbn-people 1 {} {} {} {:.17g} {}\n", info.skeleton, info.reference, info.box_pixels,
                         info.extent, people.reference_length.size()));
  sum.update(view(people.joints));
  sum.update(view(people.labelled));
  sum.update(view(people.occluded));
  sum.update(view(people.crop_to_image));
  sum.update(view(people.reference_length));
  return sum.hex();
}

PoseFingerprint::PoseFingerprint(const PoseFileInfo& info, std::int64_t people) : is_jpeg_(info.jpeg_quality > 0) {
  sum_.update(fmt::format("pbn-pose 1 {} {} {} {:.17g} {}{}\n", info.skeleton, info.reference, info.box_pixels,
                          info.extent, people, is_jpeg_ ? " jpeg" : ""));
}

void PoseFingerprint::add(const Person& person, std::span<const std::uint8_t> stored) {
  PeopleColumns alone;
  alone.add(person);
  if (is_jpeg_) sum_.update(fmt::format("{}\n", stored.size()));
  sum_.update(stored);
  sum_.update(view(alone.joints));
  sum_.update(view(alone.labelled));
  sum_.update(view(alone.occluded));
  sum_.update(view(alone.crop_to_image));
  sum_.update(view(alone.reference_length));
}

std::string fingerprint_of_content(const PoseFile& file) {
  const auto people = std::ssize(file.people());
  PoseFingerprint fingerprint(file.info(), people);
  for (std::int64_t n = 0; n < people; ++n) {
    fingerprint.add(file.people()[static_cast<std::size_t>(n)], file.read_stored(n));
  }
  return fingerprint.hex();
}

}  // namespace pbn
