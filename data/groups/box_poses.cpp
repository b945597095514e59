#include "data/groups/box_poses.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"

namespace pbn::data {

BoxPoses box_poses(const PoseFile& file) {
  const double box = file.info().box_pixels, centre = file.info().crop_pixels() / 2.0;
  BoxPoses poses{&file.skeleton(), file.path().string(), file.info().fingerprint, {}};
  for (const Person& person : file.people()) {
    BoxPose pose{{}, person.labelled};
    for (const auto& [x, y] : person.joints) pose.joints.push_back({(x - centre) / box, (y - centre) / box});
    poses.people.push_back(std::move(pose));
  }
  return poses;
}

BoxPoses box_poses(const NewellAnnotations& annotations) {
  BoxPoses poses{&config::mpii16(), annotations.file.string(), sha256_hex(read_file(annotations.file)), {}};
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

BoxPoses read_box_poses(const std::filesystem::path& file) {
  if (Hdf5Reader(file).has_attribute("format")) return box_poses(PoseFile(file));
  if (is_newell_file(file)) return box_poses(read_newell_annotations(file));
  throw data_error(file.string(), "make a pose file with pbn prepare",
                   "is neither a pose file nor MPII's train.h5 or valid.h5");
}

}  // namespace pbn::data
