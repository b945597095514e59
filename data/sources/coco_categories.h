// The keypoints of the categories of a COCO file, and which categories are people.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/sources/annotation_json.h"

namespace pbn::data {

struct CocoCategory {
  std::string name;                    // empty if the file gives none
  std::string where;                   // place in the file, for errors
  std::vector<std::string> keypoints;  // names as in the file
  bool is_person = false;
  std::vector<int> place{};               // (the parts that are read) index among the keypoints or -1; only of people
  std::optional<AnnotationJson> limbs{};  // "skeleton"

  bool has(const std::string& part) const;  // a part of lsp14; only of people
  std::vector<std::string> unused() const;  // keypoints that are not parts of lsp14 nor of COCO's face
};

// The part that a keypoint's name means: "left_knee", "Left Knee", "leftKnee" and "l-knee" are "l-knee", "top_of_head"
// is "head-top". Unknown names are returned unchanged.
std::string part_name(const std::string& keypoint);

// Which joints a category of people must have: none to read boxes; ankles, knees, hips, wrists, elbows and shoulders to
// read poses with the parts of lsp14; some to read poses with the category's own parts (then choose() selects).
enum class RequiredJoints { none, limbs, some };

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
  bool any_keypoints() const;

  // Makes people of one category, or without a name of all that have keypoints, which must be the same. Throws a usage
  // error if there is no such category, and a data error if the keypoints differ or no category has any.
  const CocoCategory& choose(const std::string& name);
  void set_places(const std::vector<int>& place);  // of all people

 private:
  std::vector<bool> read(const AnnotationJson& categories);
  static constexpr const char* own_parts_hint = "--as own reads the parts that the file names";
  void choose_people(bool needs_limbs, const std::vector<bool>& says_so);
  [[noreturn]] void refuse_for_want_of_people(const AnnotationJson& categories) const;

  std::vector<CocoCategory> categories_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace pbn::data
