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

// A category is of people when it has the ankles, knees, hips, wrists, elbows and shoulders, and its name or
// supercategory has the word person, people or human; where no category has such a word, all that have these keypoints.
// Capitals, blanks, hyphens and underscores in keypoints' names are passed over, and "l_knee" is "left_knee".
class CocoCategories {
 public:
  // Of the whole file. Throws data errors that name the place: no people, a person without some of these keypoints, an
  // id or a keypoint that stands twice.
  explicit CocoCategories(const AnnotationJson& file);

  // Of an annotation, by its category_id, which may be absent where there is one category alone.
  const CocoCategory& of(const AnnotationJson& annotation) const;

  std::vector<const CocoCategory*> people() const;

 private:
  std::vector<CocoCategory> categories_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace pbn
