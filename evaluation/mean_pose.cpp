#include "evaluation/metrics.h"

namespace pbn::evaluation {
namespace {

// (K, 2) offsets from the box's centre, in units of the box's side.
std::vector<std::array<double, 2>> mean_joints(const data::PoseSet& people) {
  std::vector<std::array<double, 2>> mean(static_cast<std::size_t>(people.skeleton().size()));
  for (std::size_t part = 0; part < mean.size(); ++part) {
    double x = 0, y = 0, labelled = 0;
    for (std::int64_t i = 0; i < people.size(); ++i) {
      const data::Person& person = people.person(i);
      if (!person.labelled[part]) continue;
      const double box = people.info(i).box_pixels, centre = people.info(i).crop_pixels() / 2.0;
      x += (person.joints[part][0] - centre) / box;
      y += (person.joints[part][1] - centre) / box;
      ++labelled;
    }
    if (labelled > 0) mean[part] = {x / labelled, y / labelled};
  }
  return mean;
}

}  // namespace

Predictions mean_pose_predictions(const data::PoseSet& training, const data::PoseFile& validation) {
  const double centre = validation.info().crop_pixels() / 2.0;
  const int box = validation.info().box_pixels;
  const auto mean = mean_joints(training);
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
