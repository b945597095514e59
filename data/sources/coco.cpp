#include "data/sources/coco.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/error.h"
#include "base/files.h"
#include "config/skeleton.h"
#include "data/sources/annotation_formats.h"
#include "data/sources/annotation_json.h"
#include "data/sources/coco_categories.h"

namespace pbn::data {
namespace {

constexpr double coco_first_pixel = 0;

struct CocoImage {
  std::string name;
  StatedSize size;
};

using ImagesById = std::unordered_map<std::string, CocoImage>;

ImagesById images_of(const AnnotationJson& images) {
  ImagesById by_id;
  UniqueIds ids;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const AnnotationJson entry = images[i], name = entry["file_name"], id = entry["id"];
    ids.add(id);
    by_id[id.id()] = {photograph_name(name.text(), name.where()), stated_size(entry)};
  }
  return by_id;
}

void add_neck(PersonInPhotograph& person) {
  const int right = config::lsp14().index_of("r-shoulder"), left = config::lsp14().index_of("l-shoulder");
  if (!person.labelled[right] || !person.labelled[left]) return;
  const int neck = config::lsp14().index_of("neck");
  const auto &a = person.joints[right], &b = person.joints[left];
  person.joints[neck] = {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2};
  person.labelled[neck] = true;
  person.occluded[neck] = std::max(person.occluded[right], person.occluded[left]);
}

// Returns whether any joint is labelled. If v is 0 the coordinates are ignored; annotation tools write null there.
bool read_joints(const AnnotationJson& entry, const CocoCategory& category, PersonInPhotograph& person) {
  person.set_parts(config::lsp14().parts.size());
  const auto keypoints = entry.given("keypoints");
  if (!keypoints || keypoints->size() == 0) return false;
  const std::vector<double> values = keypoints->numbers_or_null(3 * category.keypoints.size());
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (category.place[part] < 0) continue;
    const std::size_t first = 3 * static_cast<std::size_t>(category.place[part]);
    const double visibility = values[first + 2];
    if (visibility == 0 || std::isnan(visibility)) continue;
    if (visibility != 1 && visibility != 2) {
      throw data_error(keypoints->where(), "are these predictions, with confidences?",
                       "has the visibility {}; expected 0, 1 or 2", visibility);
    }
    for (const std::size_t place : {first, first + 1}) {
      if (!plausible_pixels(values[place])) (*keypoints)[place].pixels();  // throws the error
    }
    person.label(part, values[first], values[first + 1], visibility == 1 ? Occlusion::occluded : Occlusion::visible,
                 coco_first_pixel);
  }
  if (!category.has("neck")) add_neck(person);
  return std::find(person.labelled.begin(), person.labelled.end(), true) != person.labelled.end();
}

std::optional<Box> box_of(const AnnotationJson& entry) {
  const auto bbox = entry.given("bbox");
  if (!bbox || bbox->size() == 0) return std::nullopt;
  const std::vector<double> corner_and_size = bbox->pixels(4);
  const double x = corner_and_size[0], y = corner_and_size[1], width = corner_and_size[2], height = corner_and_size[3];
  if (!(width >= 1 && height >= 1)) return std::nullopt;
  return Box{x + width / 2, y + height / 2, body_enlargement * std::max(width, height)};
}

// Adds the person to the set, or returns the reason why it cannot be used.
std::string add_person(const AnnotationJson& entry, const CocoCategory& category, PersonInPhotograph person,
                       PhotographSet& set) {
  if (!category.is_person) return "not a person";
  const auto crowd = entry.given("iscrowd");
  if (crowd && crowd->flag()) return "a crowd";
  if (!read_joints(entry, category, person)) return "without labelled joints";
  person.box = box_of(entry);
  if (!person.box) return "without a box";
  person.reference_length = torso_length(person);
  set.people.push_back(std::move(person));
  return "";
}

// The source of the neck: "between the shoulders", "the file's own", or both if categories differ.
std::string origin_of_neck(const std::vector<const CocoCategory*>& people) {
  const auto own = std::count_if(people.begin(), people.end(), [](const auto* c) { return c->has("neck"); });
  if (own == 0) return "between the shoulders";
  return own == std::ssize(people) ? "the file's own" : "the file's own, else between the shoulders";
}

std::string source_of(const std::vector<const CocoCategory*>& people) {
  const bool has_head = std::any_of(people.begin(), people.end(), [](const auto* c) { return c->has("head-top"); });
  return fmt::format("COCO; neck: {};{} box: bbox x 410/256", origin_of_neck(people),
                     has_head ? " head top: the file's own;" : "");
}

std::vector<std::string> remarks_on(const std::vector<const CocoCategory*>& people) {
  std::vector<std::string> remarks;
  for (const CocoCategory* category : people) {
    const std::vector<std::string> unused = category->unused();
    if (unused.empty()) continue;
    remarks.push_back(fmt::format("keypoints of category \"{}\" that {} does not have were ignored: {}", category->name,
                                  config::lsp14().name, fmt::join(unused, ", ")));
  }
  return remarks;
}

}  // namespace

PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images) {
  const Json json = parse_annotations(text, where, "coco");
  const AnnotationJson file(json, where);
  const ImagesById photographs = images_of(file["images"]);
  const CocoCategories categories(file, RequiredJoints::limbs);
  const AnnotationJson annotations = file["annotations"];

  PhotographSet set{.info = {.skeleton = config::lsp14().name,
                             .dataset = "coco",
                             .split = std::filesystem::path(where).stem().string(),
                             .source = source_of(categories.people()),
                             .reference = "torso"},
                    .first_pixel = coco_first_pixel,
                    .remarks = remarks_on(categories.people())};
  UniqueIds ids;
  std::unordered_map<std::string, int> people_in;
  for (std::size_t n = 0; n < annotations.size(); ++n) {
    const AnnotationJson entry = annotations[n], image_id = entry["image_id"];
    if (const auto id = entry.given("id")) ids.add(*id);
    const auto image = photographs.find(image_id.id());
    if (image == photographs.end()) {
      throw data_error(image_id.where(), "", "{} is not among the images", image_id.id());
    }
    const auto& [name, size] = image->second;
    PersonInPhotograph person;
    person.photograph = images / name;
    person.image_name = name;
    person.stated_size = size;
    person.index = people_in[name]++;
    const std::string reason = add_person(entry, categories.of(entry), std::move(person), set);
    if (!reason.empty()) set.leave_out(reason, entry.where());
  }
  return set;
}

PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images) {
  require_photograph_folder(images);
  return parse_coco(read_file(annotations), annotations.string(), images);
}

}  // namespace pbn::data
