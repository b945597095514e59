// The keypoints of the categories of a COCO file, and which categories are people.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/sources/annotation_json.h"

namespace pbn::data {

struct CocoCategory {
  std::string name;                    // empty if the file gives none
  std::string where;                   // place in the file, for errors
  std::vector<std::string> keypoints;  // names as in the file
  bool is_person = false;
  std::vector<int> place{};  // (lsp14's parts) index among the keypoints or -1; only of people

  bool has(const std::string& part) const;  // a part of lsp14; only of people
  std::vector<std::string> unused() const;  // keypoints that are not parts of lsp14 nor of COCO's face
};

// The part that a keypoint's name means: "left_knee", "Left Knee", "leftKnee" and "l-knee" are "l-knee", "top_of_head"
// is "head-top". Unknown names are returned unchanged.
std::string part_name(const std::string& keypoint);

// Which joints a category of people must have: none to read boxes; ankles, knees, hips, wrists, elbows and shoulders to
// read poses.
enum class RequiredJoints { none, limbs };

// Selects the categories of people. Candidates are those with the required joints. Chosen are the candidates whose name
// or supercategory contains person, people, human or pedestrian; if there is none, those with keypoints; if there is
// none either, a single candidate.
class CocoCategories {
 public:
  // Reads the categories of a whole file. A file without categories contains only people if no joints are required.
  // Throws data errors that name the place: no people, missing joints, a repeated id or keypoint.
  CocoCategories(const AnnotationJson& file, RequiredJoints required);

  // The category of an annotation by its category_id, which may be absent if there is only one category.
  const CocoCategory& of(const AnnotationJson& annotation) const;

  std::vector<const CocoCategory*> people() const;

 private:
  std::vector<bool> read(const AnnotationJson& categories);
  void choose_people(bool needs_limbs, const std::vector<bool>& says_so);
  [[noreturn]] void refuse_for_want_of_people(const AnnotationJson& categories) const;

  std::vector<CocoCategory> categories_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace pbn::data
