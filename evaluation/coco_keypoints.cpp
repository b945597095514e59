#include "evaluation/coco_keypoints.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace pbn::evaluation {
namespace {

Json annotation_of(const FoundPerson& person, int id, const Json& image_id, const FoundPhotograph& photograph) {
  Json keypoints = Json::array();
  std::size_t inside = 0;
  for (const auto& [x, y] : person.joints) {
    const bool is_inside = x >= 0 && y >= 0 && x < photograph.width && y < photograph.height;
    inside += is_inside;
    keypoints.push_back(x);
    keypoints.push_back(y);
    keypoints.push_back(is_inside ? 2 : 0);
  }
  const double sum = std::accumulate(person.confidence.begin(), person.confidence.end(), 0.0);
  return {{"id", id},
          {"image_id", image_id},
          {"category_id", 1},
          {"bbox", person.box},
          {"area", person.box[2] * person.box[3]},
          {"iscrowd", 0},
          {"keypoints", keypoints},
          {"num_keypoints", inside},
          {"score", person.confidence.empty() ? 0 : sum / static_cast<double>(person.confidence.size())},
          {"keypoint_scores", person.confidence}};
}

std::vector<Json> ids_of(const std::vector<FoundPhotograph>& photographs) {
  std::set<Json> given;
  for (const FoundPhotograph& photograph : photographs) given.insert(photograph.id);
  std::vector<Json> ids;
  int next = 1;
  for (const FoundPhotograph& photograph : photographs) {
    while (photograph.id.is_null() && given.contains(next)) ++next;
    ids.push_back(photograph.id.is_null() ? Json(next++) : photograph.id);
  }
  return ids;
}

}  // namespace

std::string category_name(const config::Skeleton& skeleton) {
  if (std::ranges::count(config::shipped_skeleton_names(), skeleton.name) > 0) return "person";
  const auto last_letter = skeleton.name.find_last_not_of("0123456789-");
  return last_letter == std::string::npos ? skeleton.name : skeleton.name.substr(0, last_letter + 1);
}

Json coco_keypoints(const std::vector<FoundPhotograph>& photographs, const config::Skeleton& parts) {
  Json images = Json::array(), annotations = Json::array(), limbs = Json::array();
  const std::vector<Json> ids = ids_of(photographs);
  int person_id = 0;
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    const FoundPhotograph& photograph = photographs[i];
    Json image = {
        {"id", ids[i]}, {"file_name", photograph.name}, {"width", photograph.width}, {"height", photograph.height}};
    if (photograph.turned_by_exif != 1) image["turned_by_exif"] = photograph.turned_by_exif;
    images.push_back(std::move(image));
    for (const FoundPerson& person : photograph.people) {
      annotations.push_back(annotation_of(person, ++person_id, ids[i], photograph));
    }
  }
  for (const auto& [from, to] : parts.limbs) limbs.push_back({from + 1, to + 1});
  const Json category = {{"id", 1}, {"name", category_name(parts)}, {"keypoints", parts.parts}, {"skeleton", limbs}};
  return {{"images", images}, {"annotations", annotations}, {"categories", Json::array({category})}};
}

}  // namespace pbn::evaluation
