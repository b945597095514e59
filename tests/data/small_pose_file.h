// Small pose files with noise as pixels, for tests of their readers.
#pragma once

#include <filesystem>

#include "base/random.h"
#include "data/pose_file/pose_file.h"
#include "tests/temporary_folder.h"

namespace pbn::data {

inline PoseFileInfo small_info() {
  PoseFileInfo info;
  info.skeleton = &config::lsp14();
  info.dataset = "noise";
  info.split = "train";
  info.source = "tests";
  info.reference = "torso";
  info.box_pixels = 64;
  info.extent = 1.5;
  return info;
}

inline constexpr int crop_side = 96;  // crop_pixels() of small_info()

// Joints anywhere in the crop, all labelled; the crop is the photograph moved by (100, 200).
inline Person random_person(const PoseFileInfo& info, std::uint32_t number) {
  Random random(1, 0, number, Purpose::synthetic);
  Person person;
  const std::size_t parts = info.skeleton->parts.size();
  for (std::size_t part = 0; part < parts; ++part) {
    person.joints.push_back({static_cast<float>(random.uniform(0, info.crop_pixels())),
                             static_cast<float>(random.uniform(0, info.crop_pixels()))});
  }
  person.labelled.assign(parts, true);
  person.occluded.assign(parts, Occlusion::visible);
  person.crop_to_image = {1, 0, 100, 0, 1, 200};
  person.reference_length = 20;
  person.image_name = "im" + std::to_string(number) + ".jpg";
  return person;
}

inline std::vector<std::uint8_t> random_crop(int side, std::uint32_t number) {
  Random random(2, 0, number, Purpose::synthetic);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(side * side * 3));
  for (std::uint8_t& value : pixels) value = static_cast<std::uint8_t>(random.next() >> 24);
  return pixels;
}

inline void write_small_pose_file(const std::filesystem::path& file, int people,
                                  const PoseFileInfo& info = small_info()) {
  PoseFileWriter writer(file, info, people);
  for (int number = 0; number < people; ++number) {
    const auto name = static_cast<std::uint32_t>(number);
    writer.add(random_person(info, name), stored_crop(info, random_crop(info.crop_pixels(), name)));
  }
  writer.finish();
}

// One person without labelled joints.
inline void write_pose_file_without_joints(const std::filesystem::path& file) {
  const PoseFileInfo info = small_info();
  PoseFileWriter writer(file, info, 1);
  Person person = random_person(info, 1);
  person.labelled.assign(person.labelled.size(), false);
  writer.add(person, random_crop(info.crop_pixels(), 1));
  writer.finish();
}

}  // namespace pbn::data
