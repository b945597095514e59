#include "data/sources/whole_body.h"

#include <algorithm>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn::data {
namespace {

const config::Skeleton& whole_body() { return config::skeleton_named("wholebody133"); }

// The file's lists in the order of wholebody133, whose kinds have the names of the lists' parts.
std::vector<KeypointList> whole_body_lists() {
  std::vector<KeypointList> lists{{.keypoints = "keypoints", .box = "bbox"},
                                  {.keypoints = "foot_kpts", .valid = "foot_valid"},
                                  {"face_kpts", "face_valid", "face_box", false},
                                  {"lefthand_kpts", "lefthand_valid", "lefthand_box", false},
                                  {"righthand_kpts", "righthand_valid", "righthand_box", false}};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const int part : whole_body().kinds[i].parts) {
      lists[i].parts.push_back(whole_body().parts[static_cast<std::size_t>(part)]);
    }
  }
  return lists;
}

const config::Skeleton& skeleton_of_list(const std::string& name, const KeypointList& list) {
  config::Skeleton skeleton = config::with_only_parts(whole_body(), list.parts);
  skeleton.name = name + std::to_string(list.parts.size());
  Json definition = to_json(skeleton);
  definition.erase("kinds");
  definition.erase("means");
  return config::kept_skeleton(config::parse_skeleton(definition, skeleton.name));
}

}  // namespace

const std::vector<std::string>& whole_body_part_names() {
  static const std::vector<std::string> names{"body", "feet", "face", "left-hand", "right-hand", "whole"};
  return names;
}

WholeBodyPart whole_body_part(const std::string& name) {
  const auto& names = whole_body_part_names();
  const auto index = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  std::vector<KeypointList> lists = whole_body_lists();
  if (name == "whole") return {name, &whole_body(), std::move(lists), "bbox"};
  if (index < lists.size()) {
    const config::Skeleton& skeleton = index == 0 ? config::coco17() : skeleton_of_list(name, lists[index]);
    return {name, &skeleton, {lists[index]}, lists[index].box};
  }
  throw usage_error("--part", suggestion(name, names), "there is no part \"{}\"", name);
}

}  // namespace pbn::data
