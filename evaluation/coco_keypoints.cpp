#include "evaluation/coco_keypoints.h"

#include <numeric>

namespace pbn {
namespace {

Json annotation_of(const FoundPerson& person, int id, int image_id) {
  Json keypoints = Json::array();
  for (const auto& [x, y] : person.joints) {
    for (const double value : {x, y, 2.0}) keypoints.push_back(value);
  }
  const double sum = std::accumulate(person.confidence.begin(), person.confidence.end(), 0.0);
  return {{"id", id},
          {"image_id", image_id},
          {"category_id", 1},
          {"bbox", person.box},
          {"area", person.box[2] * person.box[3]},
          {"iscrowd", 0},
          {"keypoints", keypoints},
          {"num_keypoints", person.joints.size()},
          {"score", person.confidence.empty() ? 0 : sum / static_cast<double>(person.confidence.size())},
          {"keypoint_scores", person.confidence}};
}

}  // namespace

Json coco_keypoints(const std::vector<FoundPhotograph>& photographs, const Skeleton& parts) {
  Json images = Json::array(), annotations = Json::array(), limbs = Json::array();
  int image_id = 0, person_id = 0;
  for (const FoundPhotograph& photograph : photographs) {
    images.push_back({{"id", ++image_id},
                      {"file_name", photograph.name},
                      {"width", photograph.width},
                      {"height", photograph.height}});
    for (const FoundPerson& person : photograph.people) {
      annotations.push_back(annotation_of(person, ++person_id, image_id));
    }
  }
  for (const auto& [from, to] : parts.limbs) limbs.push_back({from + 1, to + 1});
  const Json category = {{"id", 1}, {"name", "person"}, {"keypoints", parts.parts}, {"skeleton", limbs}};
  return {{"images", images}, {"annotations", annotations}, {"categories", Json::array({category})}};
}

}  // namespace pbn
