#include "orchestrator/photographs/box_file.h"

#include <algorithm>
#include <optional>

#include "base/counted.h"
#include "base/error.h"
#include "base/log.h"
#include "base/path_text.h"
#include "data/sources/annotation_json.h"
#include "data/sources/coco_categories.h"
#include "data/sources/mpii_json.h"
#include "data/sources/own_skeleton.h"

namespace pbn::photographs {
namespace {

namespace fs = std::filesystem;

data::Box box_around(const data::AnnotationJson& rectangle, double enlargement) {
  const std::vector<double> numbers = rectangle.pixels(4);
  const double width = numbers[2], height = numbers[3];
  if (!(width > 0 && height > 0)) {
    throw data_error(rectangle.where(), "[x, y, width, height]", "is {} x {} pixels", width, height);
  }
  return {numbers[0] + width / 2, numbers[1] + height / 2, enlargement * std::max(width, height)};
}

BoxFile read_rectangles(const Json& file, const data::AnnotationJson& photographs, double enlargement) {
  BoxFile boxes;
  for (const auto& [photograph, unused] : file.items()) {
    const data::AnnotationJson rectangles = photographs[photograph];
    BoxesOfPhotograph& listed = boxes[photograph];
    listed.where = rectangles.where();
    for (std::size_t i = 0; i < rectangles.size(); ++i) {
      listed.people.push_back({box_around(rectangles[i], enlargement)});
    }
  }
  return boxes;
}

BoxFile read_mpii_boxes(const std::string& text, const fs::path& file) {
  const data::PhotographSet set = data::parse_mpii_json(text, file.string(), "");
  const config::Skeleton& skeleton = *set.info.skeleton;
  BoxFile boxes;
  for (const data::PersonInPhotograph& annotated : set.people) {
    BoxOfPerson person{annotated.box.value()};
    for (std::size_t part = 0; part < annotated.joints.size(); ++part) {
      if (annotated.labelled[part]) person.truth[skeleton.parts[part]] = annotated.joints[part];
    }
    BoxesOfPhotograph& listed = boxes[annotated.image_name];
    listed.where = file.string();
    listed.frame = BoxFrame::stored;
    listed.people.push_back(std::move(person));
  }
  return boxes;
}

void add_truth(BoxOfPerson& person, const data::AnnotationJson& annotation, const std::vector<std::string>& names) {
  const auto keypoints = annotation.given("keypoints");
  if (names.empty() || !keypoints || keypoints->size() == 0) return;
  const std::vector<double> values = keypoints->numbers_or_null(3 * names.size());
  const std::vector<std::string> parts = data::own_part_names(names);
  for (std::size_t part = 0; part < names.size(); ++part) {
    if (!(values[3 * part + 2] > 0)) continue;
    person.truth[parts[part]] = {(*keypoints)[3 * part].pixels(), (*keypoints)[3 * part + 1].pixels()};
  }
}

// Annotations of a COCO file that give no box of a person.
struct SkippedAnnotations {
  int not_people = 0, crowds = 0, without_box = 0;

  void log(const fs::path& file) const {
    for (const auto& [count, reason] :
         {std::pair(not_people, "that are not people"), std::pair(crowds, "that are crowds"),
          std::pair(without_box, "without a box")}) {
      if (count > 0) note("{}: skipped {} {}", path_text(file), counted(count, "annotation"), reason);
    }
  }
};

// Adds the images to `boxes` and returns the names of their photographs by id.
std::map<std::string, std::string> add_images(const data::AnnotationJson& images, BoxFile& boxes) {
  std::map<std::string, std::string> names;
  data::UniqueIds ids;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const data::AnnotationJson image = images[i], id = image["id"];
    ids.add(id);
    const std::string name = image["file_name"].text();
    const auto [listed, is_new] = boxes.emplace(name, BoxesOfPhotograph{image["file_name"].where()});
    if (!is_new) {
      throw data_error(image["file_name"].where(), "list each photograph once", "is \"{}\", as {} is", name,
                       listed->second.where);
    }
    listed->second.frame = BoxFrame::of_stated_size;
    listed->second.size = data::stated_size(image);
    listed->second.id = Json::parse(id.id());
    names[id.id()] = name;
  }
  return names;
}

BoxFile read_coco_boxes(const data::AnnotationJson& file, const fs::path& path, double enlargement) {
  BoxFile boxes;
  const std::map<std::string, std::string> names = add_images(file["images"], boxes);
  const data::CocoCategories categories(file, data::RequiredJoints::none);
  const data::AnnotationJson annotations = file["annotations"];
  SkippedAnnotations skipped;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const data::AnnotationJson annotation = annotations[i];
    const auto name = names.find(annotation["image_id"].id());
    if (name == names.end()) throw data_error(annotation.where(), "", "refers to an image that is not listed");
    const data::CocoCategory& category = categories.of(annotation);
    const auto crowd = annotation.given("iscrowd"), box = annotation.given("bbox");
    const bool is_crowd = crowd && crowd->flag(), has_box = box && box->size() > 0;
    skipped.not_people += !category.is_person;
    skipped.crowds += category.is_person && is_crowd;
    skipped.without_box += category.is_person && !is_crowd && !has_box;
    if (!category.is_person || is_crowd || !has_box) continue;
    BoxOfPerson person{box_around(*box, enlargement)};
    add_truth(person, annotation, category.keypoints);
    boxes.at(name->second).people.push_back(std::move(person));
  }
  skipped.log(path);
  return boxes;
}

}  // namespace

BoxFile read_box_file(const fs::path& file, double enlargement) {
  const Json json = read_json(file);
  if (json.is_array()) return read_mpii_boxes(read_file(file), file);
  const data::AnnotationJson annotations(json, file.string());
  if (json.contains("annotations") && json.contains("images")) return read_coco_boxes(annotations, file, enlargement);
  return read_rectangles(json, annotations, enlargement);
}

}  // namespace pbn::photographs
