#include "data/sources/coco.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "config/skeleton.h"
#include "data/sources/annotation_json.h"
#include "data/sources/leeds.h"

namespace pbn {
namespace {

constexpr double first_pixel = 0;

using NamesById = std::map<std::int64_t, std::string>;

NamesById photograph_names(const AnnotationJson& images) {
  NamesById names;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const AnnotationJson name = images[i]["file_name"];
    require_photograph_name(name.text(), name.where());
    names[images[i]["id"].integer()] = name.text();
  }
  return names;
}

// What COCO calls a part: "r-ankle" is "right_ankle".
std::string name_in_coco(const std::string& part) { return (part[0] == 'r' ? "right_" : "left_") + part.substr(2); }

// Where lsp14's parts stand among COCO's keypoints; -1: not among them.
struct Keypoints {
  std::size_t count = 0;
  std::vector<int> place;  // (14)
};

Keypoints keypoints_of(const AnnotationJson& categories) {
  for (std::size_t i = 0; i < categories.size(); ++i) {
    if (!categories[i].has("keypoints")) continue;
    const AnnotationJson keypoints = categories[i]["keypoints"];
    std::vector<std::string> names;
    for (std::size_t k = 0; k < keypoints.size(); ++k) names.push_back(keypoints[k].text());
    Keypoints result{names.size(), {}};
    for (const std::string& part : lsp14().parts) {
      const bool paired = part.starts_with("r-") || part.starts_with("l-");
      const auto found = paired ? std::find(names.begin(), names.end(), name_in_coco(part)) : names.end();
      if (paired && found == names.end()) {
        throw data_error(keypoints.where(), "", "has no \"{}\"", name_in_coco(part));
      }
      result.place.push_back(paired ? static_cast<int>(found - names.begin()) : -1);
    }
    return result;
  }
  throw data_error(categories.where(), "is it COCO's person_keypoints?", "no category has keypoints");
}

void add_neck(PersonInPhotograph& person) {
  const int right = lsp14().index_of("r-shoulder"), left = lsp14().index_of("l-shoulder");
  if (!person.labelled[right] || !person.labelled[left]) return;
  const int neck = lsp14().index_of("neck");
  const auto &a = person.joints[right], &b = person.joints[left];
  person.joints[neck] = {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2};
  person.labelled[neck] = true;
  person.occluded[neck] = std::max(person.occluded[right], person.occluded[left]);
}

// False where none is labelled.
bool read_joints(const AnnotationJson& entry, const Keypoints& keypoints, PersonInPhotograph& person) {
  person.joints.resize(lsp14().parts.size());
  person.labelled.resize(lsp14().parts.size(), false);
  person.occluded.resize(lsp14().parts.size(), Occlusion::unknown);
  const std::vector<double> values = entry["keypoints"].pixels(3 * keypoints.count);
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (keypoints.place[part] < 0) continue;
    const double* value = &values[3 * static_cast<std::size_t>(keypoints.place[part])];
    if (value[2] == 0) continue;
    if (value[2] != 1 && value[2] != 2) {
      throw data_error(entry.where() + ".keypoints", "", "has the visibility {}; expected 0, 1 or 2", value[2]);
    }
    person.joints[part] = {value[0] - first_pixel + 0.5, value[1] - first_pixel + 0.5};
    person.labelled[part] = true;
    person.occluded[part] = value[2] == 1 ? Occlusion::occluded : Occlusion::visible;
  }
  add_neck(person);
  return std::find(person.labelled.begin(), person.labelled.end(), true) != person.labelled.end();
}

std::optional<Box> box_of(const AnnotationJson& entry) {
  const std::vector<double> corner_and_size = entry["bbox"].pixels(4);
  const double x = corner_and_size[0], y = corner_and_size[1], width = corner_and_size[2], height = corner_and_size[3];
  if (!(width >= 1 && height >= 1)) return std::nullopt;
  return Box{x + width / 2, y + height / 2, leeds_enlargement * std::max(width, height)};
}

// Why the person cannot be used; empty where it was added.
std::string add_person(const AnnotationJson& entry, const std::filesystem::path& photograph, int index,
                       const Keypoints& keypoints, PhotographSet& set) {
  if (entry.has("iscrowd") && entry["iscrowd"].integer() != 0) return "a crowd";
  PersonInPhotograph person;
  person.photograph = photograph;
  person.index = index;
  if (!read_joints(entry, keypoints, person)) return "without labelled joints";
  person.box = box_of(entry);
  if (!person.box) return "without a box";
  person.reference_length = torso_length(person);
  set.people.push_back(std::move(person));
  return "";
}

}  // namespace

PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images) {
  const Json json = parse_json(text, where);
  const AnnotationJson file(json, where);
  const NamesById names = photograph_names(file["images"]);
  const Keypoints keypoints = keypoints_of(file["categories"]);
  const AnnotationJson annotations = file["annotations"];

  PhotographSet set;
  set.info.skeleton = lsp14().name;
  set.info.dataset = "coco";
  set.info.split = std::filesystem::path(where).stem().string();
  set.info.source = "COCO; neck: between the shoulders; box: bbox x 410/256";
  set.info.reference = "torso";
  set.first_pixel = first_pixel;
  std::map<std::int64_t, int> people_in;
  for (std::size_t n = 0; n < annotations.size(); ++n) {
    const AnnotationJson entry = annotations[n];
    const std::int64_t image = entry["image_id"].integer();
    const auto name = names.find(image);
    if (name == names.end()) throw data_error(entry.where() + ".image_id", "", "{} is not among the images", image);
    const std::string reason = add_person(entry, images / name->second, people_in[image]++, keypoints, set);
    if (!reason.empty()) set.leave_out(reason, entry.where());
  }
  return set;
}

PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images) {
  require_photograph_folder(images);
  return parse_coco(read_file(annotations), annotations.string(), images);
}

}  // namespace pbn
