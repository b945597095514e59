#include "data/groups/box_poses.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"

namespace pbn::data {
namespace {

BoxPoses read_one(const std::filesystem::path& file) {
  if (Hdf5Reader(file).has_attribute("format")) return box_poses(PoseFile(file));
  if (is_newell_file(file)) return box_poses(read_newell_annotations(file));
  throw data_error(file.string(), "make a pose file with pbn prepare",
                   "is neither a pose file nor MPII's train.h5 or valid.h5");
}

BoxPose with_parts_of(const config::Skeleton& to, const BoxPose& pose, const config::Skeleton& from) {
  BoxPose mapped;
  for (const std::string& part : to.parts) {
    const int there = from.index_of(part);
    const auto index = static_cast<std::size_t>(std::max(there, 0));
    mapped.joints.push_back(there < 0 ? std::array<double, 2>{} : pose.joints[index]);
    mapped.labelled.push_back(there >= 0 && pose.labelled[index]);
  }
  return mapped;
}

}  // namespace

BoxPoses box_poses(const PoseFile& file) {
  const double box = file.info().box_pixels, centre = file.info().crop_pixels() / 2.0;
  BoxPoses poses{&file.skeleton(), {{file.path().string(), file.info().fingerprint}}, {}};
  for (const Person& person : file.people()) {
    BoxPose pose{{}, person.labelled};
    for (const auto& [x, y] : person.joints) pose.joints.push_back({(x - centre) / box, (y - centre) / box});
    poses.people.push_back(std::move(pose));
  }
  return poses;
}

BoxPoses box_poses(const NewellAnnotations& annotations) {
  BoxPoses poses{&config::mpii16(), {{annotations.file.string(), sha256_hex(read_file(annotations.file))}}, {}};
  for (std::size_t person = 0; person < annotations.scale.size(); ++person) {
    const double box = 200 * annotations.scale[person];
    const auto [centre_x, centre_y] = annotations.centre[person];
    BoxPose pose;
    for (std::size_t part = 0; part < annotations.part[person].size(); ++part) {
      const auto [x, y] = annotations.part[person][part];
      pose.joints.push_back({(x - centre_x) / box, (y - centre_y) / box});
      pose.labelled.push_back(annotations.labelled(person, part));
    }
    poses.people.push_back(std::move(pose));
  }
  return poses;
}

BoxPoses read_box_poses(const std::vector<std::filesystem::path>& files) {
  BoxPoses all = read_one(files.front());
  for (auto file = files.begin() + 1; file != files.end(); ++file) {
    const BoxPoses more = read_one(*file);
    all.sources.push_back(more.sources.front());
    for (const BoxPose& pose : more.people) {
      all.people.push_back(with_parts_of(*all.skeleton, pose, *more.skeleton));
    }
  }
  return all;
}

std::string names_of(const std::vector<PoseSource>& sources) {
  std::vector<std::string> names;
  for (const PoseSource& source : sources) names.push_back(source.file);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace pbn::data
