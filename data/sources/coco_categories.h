// What the categories of a COCO file call their keypoints, and which of them are people.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/sources/annotation_json.h"

namespace pbn {

struct CocoCategory {
  std::string name;                    // empty where the file gives none
  std::string where;                   // in the file, for errors
  std::vector<std::string> keypoints;  // as the file has them
  bool is_person = false;
  std::vector<int> place{};  // of lsp14's parts among the keypoints, -1: not there; of people alone

  bool has(const std::string& part) const;  // of lsp14; of people alone
  std::vector<std::string> unused() const;  // keypoints that are neither lsp14's nor of COCO's face
};

// Our name of the part that a file's keypoint is: "left_knee", "Left Knee", "leftKnee" and "l-knee" are all "l-knee",
// "top_of_head" is "head-top". Other names stay as they are.
std::string part_name(const std::string& keypoint);

// What a category must have to be of people: nothing where boxes are read; ankles, knees, hips, wrists, elbows and
// shoulders where poses are.
enum class RequiredJoints { none, limbs };

// Of the categories with the required joints those are of people whose name or supercategory has the word person,
// people, human or pedestrian; where none has, those with keypoints; where none has keypoints, the only one.
class CocoCategories {
 public:
  // Of the whole file; one without categories has people alone where no joints are required. Throws data errors that
  // name the place: no people, a person without some of the required joints, an id or a keypoint that stands twice.
  CocoCategories(const AnnotationJson& file, RequiredJoints required);

  // Of an annotation, by its category_id, which may be absent where there is one category alone.
  const CocoCategory& of(const AnnotationJson& annotation) const;

  std::vector<const CocoCategory*> people() const;

 private:
  std::vector<bool> read(const AnnotationJson& categories);
  void choose_people(bool needs_limbs, const std::vector<bool>& says_so);
  [[noreturn]] void refuse_for_want_of_people(const AnnotationJson& categories) const;

  std::vector<CocoCategory> categories_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace pbn
