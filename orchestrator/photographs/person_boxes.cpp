#include "orchestrator/photographs/person_boxes.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "data/image.h"
#include "data/sources/annotation_json.h"
#include "data/sources/mpii_json.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

bool is_photograph(const fs::path& file) {
  std::string extension = file.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

// As an annotation file has them, by the photographs' names.
using NamedPeople = std::multimap<std::string, PersonToFind>;

std::string file_name(const std::string& path) { return fs::path(path).filename().string(); }

Box box_around(const AnnotationJson& rectangle, double enlargement) {
  const std::vector<double> numbers = rectangle.pixels(4);
  const double width = numbers[2], height = numbers[3];
  if (!(width > 0 && height > 0)) {
    throw data_error(rectangle.where(), "[x, y, width, height]", "is {} x {} pixels", width, height);
  }
  return {numbers[0] + width / 2, numbers[1] + height / 2, enlargement * std::max(width, height)};
}

// "left_knee" -> "l-knee"; our own names stay as they are.
std::string part_named(std::string name) {
  if (name.starts_with("left_")) return "l-" + name.substr(5);
  if (name.starts_with("right_")) return "r-" + name.substr(6);
  return name;
}

std::vector<std::string> keypoint_names(const AnnotationJson& file) {
  std::vector<std::string> names;
  if (!file.has("categories") || file["categories"].size() == 0 || !file["categories"][0].has("keypoints"))
    return names;
  const AnnotationJson keypoints = file["categories"][0]["keypoints"];
  for (std::size_t i = 0; i < keypoints.size(); ++i) names.push_back(part_named(keypoints[i].text()));
  return names;
}

NamedPeople read_coco_boxes(const AnnotationJson& file, double enlargement) {
  std::map<std::int64_t, std::string> photographs;
  const AnnotationJson images = file["images"], annotations = file["annotations"];
  for (std::size_t i = 0; i < images.size(); ++i)
    photographs[images[i]["id"].integer()] = images[i]["file_name"].text();
  const std::vector<std::string> names = keypoint_names(file);
  NamedPeople people;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const AnnotationJson annotation = annotations[i];
    const auto photograph = photographs.find(annotation["image_id"].integer());
    if (photograph == photographs.end()) throw data_error(annotation.where(), "", "is of an image that is not listed");
    PersonToFind person{0, box_around(annotation["bbox"], enlargement)};
    if (!names.empty() && annotation.has("keypoints")) {
      const std::vector<double> values = annotation["keypoints"].pixels(3 * names.size());
      for (std::size_t part = 0; part < names.size(); ++part) {
        if (values[3 * part + 2] > 0) person.truth[names[part]] = {values[3 * part], values[3 * part + 1]};
      }
    }
    people.emplace(file_name(photograph->second), std::move(person));
  }
  return people;
}

NamedPeople read_rectangles(const Json& file, const AnnotationJson& photographs, double enlargement) {
  NamedPeople people;
  for (const auto& [photograph, unused] : file.items()) {
    const AnnotationJson rectangles = photographs[photograph];
    for (std::size_t i = 0; i < rectangles.size(); ++i) {
      people.emplace(file_name(photograph), PersonToFind{0, box_around(rectangles[i], enlargement)});
    }
  }
  return people;
}

NamedPeople read_mpii_boxes(const std::string& text, const fs::path& file) {
  const PhotographSet set = parse_mpii_json(text, file.string(), "");
  const Skeleton& skeleton = skeleton_named(set.info.skeleton);
  NamedPeople people;
  for (const PersonInPhotograph& annotated : set.people) {
    PersonToFind person{0, annotated.box.value()};
    for (std::size_t part = 0; part < annotated.joints.size(); ++part) {
      if (annotated.labelled[part]) person.truth[skeleton.parts[part]] = annotated.joints[part];
    }
    people.emplace(annotated.photograph.filename().string(), std::move(person));
  }
  return people;
}

NamedPeople read_people(const fs::path& file, double enlargement) {
  const Json json = read_json(file);
  if (json.is_array()) return read_mpii_boxes(read_file(file), file);
  const AnnotationJson annotations(json, file.string() + ": ");
  if (json.contains("annotations") && json.contains("images")) return read_coco_boxes(annotations, enlargement);
  return read_rectangles(json, annotations, enlargement);
}

std::vector<fs::path> photographs_in(const std::string& given) {
  if (!fs::exists(given)) throw usage_error(given, "check the path", "there is no such file or folder");
  if (!fs::is_directory(given)) return {given};
  std::vector<fs::path> inside;
  for (const auto& entry : fs::directory_iterator(given)) {
    if (is_photograph(entry.path())) inside.push_back(entry.path());
  }
  if (inside.empty()) throw usage_error(given, "", "has no .jpg, .jpeg or .png files");
  std::sort(inside.begin(), inside.end());
  return inside;
}

}  // namespace

std::vector<Photograph> find_photographs(const std::vector<std::string>& files_and_folders) {
  std::vector<Photograph> photographs;
  std::set<std::string> names;
  for (const std::string& given : files_and_folders) {
    for (const fs::path& file : photographs_in(given)) {
      if (!names.insert(file.filename().string()).second) {
        throw usage_error(file.string(), "predict them apart", "two photographs have this name");
      }
      const Image image = read_image(file);
      photographs.push_back({file, image.width, image.height});
    }
  }
  return photographs;
}

std::vector<PersonToFind> people_to_find(const std::vector<Photograph>& photographs, const fs::path& file,
                                         double enlargement) {
  std::vector<PersonToFind> people;
  NamedPeople known;
  if (!file.empty()) known = read_people(file, enlargement);
  for (std::size_t number = 0; number < photographs.size(); ++number) {
    const Photograph& photograph = photographs[number];
    if (file.empty()) people.push_back({number, box_of_photograph(photograph.width, photograph.height)});
    const auto [first, last] = known.equal_range(photograph.file.filename().string());
    for (auto person = first; person != last; ++person) {
      people.push_back(std::move(person->second));
      people.back().photograph = number;
    }
  }
  if (people.empty()) {
    throw usage_error(file.string(), "photographs are known by their file's name", "has nobody in these photographs");
  }
  return people;
}

}  // namespace pbn
