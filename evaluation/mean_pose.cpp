#include "base/error.h"
#include "data/groups/box_poses.h"
#include "evaluation/metrics.h"

namespace pbn::evaluation {
namespace {

// (K, 2) offsets from the box's centre, in units of the box's side.
std::vector<std::array<double, 2>> mean_joints(const data::BoxPoses& poses) {
  std::vector<std::array<double, 2>> mean(poses.skeleton->size());
  for (std::size_t part = 0; part < mean.size(); ++part) {
    double x = 0, y = 0, people = 0;
    for (const data::BoxPose& pose : poses.people) {
      if (!pose.labelled[part]) continue;
      x += pose.joints[part][0];
      y += pose.joints[part][1];
      ++people;
    }
    if (people > 0) mean[part] = {x / people, y / people};
  }
  return mean;
}

}  // namespace

Predictions mean_pose_predictions(const data::PoseFile& training, const data::PoseFile& validation) {
  if (training.skeleton().parts != validation.skeleton().parts) {
    throw data_error(training.path().string(), "", "has the skeleton {}, but {} has {}", training.skeleton().name,
                     validation.path().string(), validation.skeleton().name);
  }
  const double centre = validation.info().crop_pixels() / 2.0;
  const int box = validation.info().box_pixels;
  const auto mean = mean_joints(data::box_poses(training));
  Predictions predictions;
  predictions.parts = validation.skeleton().size();
  for (const data::Person& person : validation.people()) {
    for (const auto& [x, y] : mean) {
      const auto in_image = data::apply(person.crop_to_image, centre + box * x, centre + box * y);
      predictions.joints.push_back({static_cast<float>(in_image[0]), static_cast<float>(in_image[1])});
    }
  }
  return predictions;
}

}  // namespace pbn::evaluation
