#include "data/sources/coco.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/error.h"
#include "base/files.h"
#include "config/skeleton.h"
#include "data/sources/annotation_formats.h"
#include "data/sources/annotation_json.h"
#include "data/sources/coco_categories.h"
#include "data/sources/own_skeleton.h"
#include "data/sources/whole_body.h"

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

// A list of triples x, y, v, and what it says about a person's joints.
struct JointsToRead {
  AnnotationJson keypoints;
  std::size_t count = 0;          // of keypoints in the list
  const std::vector<int>& place;  // of parts in the list, or -1
  std::size_t first_part = 0;     // that the places begin with
  bool has_occlusion = true;      // v = 1 means occluded; otherwise labelled
};

// If v is 0 the coordinates are ignored; annotation tools write null there.
void label_joints(const JointsToRead& list, PersonInPhotograph& person) {
  const std::vector<double> values = list.keypoints.numbers_or_null(3 * list.count);
  for (std::size_t i = 0; i < list.place.size(); ++i) {
    if (list.place[i] < 0) continue;
    const std::size_t first = 3 * static_cast<std::size_t>(list.place[i]);
    const double visibility = values[first + 2];
    if (visibility == 0 || std::isnan(visibility)) continue;
    if (visibility != 1 && visibility != 2) {
      throw data_error(list.keypoints.where(), "are these predictions, with confidences?",
                       "has the visibility {}; expected 0, 1 or 2", visibility);
    }
    for (const std::size_t place : {first, first + 1}) {
      if (!plausible_pixels(values[place])) list.keypoints[place].pixels();  // throws the error
    }
    const bool is_occluded = list.has_occlusion && visibility == 1;
    person.label(list.first_part + i, values[first], values[first + 1],
                 is_occluded ? Occlusion::occluded : Occlusion::visible, coco_first_pixel);
  }
}

bool has_joints(const PersonInPhotograph& person) {
  return std::find(person.labelled.begin(), person.labelled.end(), true) != person.labelled.end();
}

// Returns whether any joint is labelled.
bool read_joints(const AnnotationJson& entry, const CocoCategory& category, PersonInPhotograph& person) {
  person.set_parts(category.place.size());
  const auto keypoints = entry.given("keypoints");
  if (!keypoints || keypoints->size() == 0) return false;
  label_joints({*keypoints, category.keypoints.size(), category.place}, person);
  return has_joints(person);
}

// Of COCO-WholeBody's lists.
bool read_joints(const AnnotationJson& entry, const std::vector<KeypointList>& lists, PersonInPhotograph& person) {
  std::size_t parts = 0;
  for (const KeypointList& list : lists) parts += list.parts.size();
  person.set_parts(parts);
  std::size_t first_part = 0;
  for (const KeypointList& list : lists) {
    std::vector<int> place(list.parts.size());
    std::iota(place.begin(), place.end(), 0);
    const auto keypoints = entry.given(list.keypoints), valid = entry.given(list.valid);
    const bool is_valid = keypoints && keypoints->size() > 0 && (!valid || valid->flag());
    if (is_valid) label_joints({*keypoints, place.size(), place, first_part, list.has_occlusion}, person);
    first_part += place.size();
  }
  return has_joints(person);
}

std::optional<Box> box_of(const AnnotationJson& entry, const std::string& key) {
  const auto bbox = entry.given(key);
  if (!bbox || bbox->size() == 0) return std::nullopt;
  const std::vector<double> corner_and_size = bbox->pixels(4);
  const double x = corner_and_size[0], y = corner_and_size[1], width = corner_and_size[2], height = corner_and_size[3];
  if (!(width >= 1 && height >= 1)) return std::nullopt;
  return Box{x + width / 2, y + height / 2, body_enlargement * std::max(width, height)};
}

// What is read of each person: the parts of lsp14, or those of a skeleton of the file's own.
struct CocoParts {
  const config::Skeleton* skeleton = &config::lsp14();
  bool has_own_parts = false;
  std::vector<KeypointList> lists{};  // of COCO-WholeBody's; empty: the category's keypoints
  std::string box = "bbox";           // empty: around the joints
};

double distance_of(const std::pair<int, int>& ends, const PersonInPhotograph& person) {
  const auto a = static_cast<std::size_t>(ends.first), b = static_cast<std::size_t>(ends.second);
  if (!person.labelled[a] || !person.labelled[b]) return 0;
  return std::hypot(person.joints[a][0] - person.joints[b][0], person.joints[a][1] - person.joints[b][1]);
}

// `box` is enlarged.
double reference_length_of(const PersonInPhotograph& person, const config::Skeleton& skeleton, const Box& box) {
  if (skeleton.reference == "box") return box.side / body_enlargement;
  if (skeleton.reference == "pair") return distance_of(skeleton.reference_ends.front(), person);
  return distance_of({skeleton.index_of("l-shoulder"), skeleton.index_of("r-hip")}, person);
}

// Adds the person to the set, or returns the reason why it cannot be used.
std::string add_person(const AnnotationJson& entry, const CocoCategory& category, const CocoParts& parts,
                       PersonInPhotograph person, PhotographSet& set) {
  if (!category.is_person) return parts.has_own_parts ? "of another category" : "not a person";
  const auto crowd = entry.given("iscrowd");
  if (crowd && crowd->flag()) return "a crowd";
  const bool is_labelled =
      parts.lists.empty() ? read_joints(entry, category, person) : read_joints(entry, parts.lists, person);
  if (!is_labelled) return "without labelled joints";
  if (!parts.has_own_parts && !category.has("neck")) add_neck(person);
  if (!parts.box.empty()) person.box = box_of(entry, parts.box);
  if (!person.box && parts.has_own_parts) person.box = box_of_body(person);
  if (!person.box) return "without a box";
  person.reference_length =
      parts.has_own_parts ? reference_length_of(person, *parts.skeleton, *person.box) : torso_length(person);
  if (parts.has_own_parts && !(person.reference_length > 0)) return "without a reference length";
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

// Whether the parts of lsp14 are read: as asked for, else if the file has people with them.
bool reads_lsp(const AnnotationJson& file, const CocoOptions& options) {
  if (options.as == "lsp14") return true;
  if (options.as == "own" || options.skeleton || !options.category.empty()) return false;
  try {
    const CocoCategories categories(file, RequiredJoints::limbs);
    return true;
  } catch (const Error&) {
    const CocoCategories categories(file, RequiredJoints::some);
    return !categories.any_keypoints();  // then reading them says what is missing
  }
}

void require_reference(const config::Skeleton& skeleton, const std::string& where) {
  const bool has_torso = skeleton.index_of("l-shoulder") >= 0 && skeleton.index_of("r-hip") >= 0;
  if (skeleton.reference != "head" && (skeleton.reference != "torso" || has_torso)) return;
  throw data_error(where, "\"reference\": \"box\", or a pair of parts, in --skeleton FILE",
                   "skeleton {}: distances cannot be divided by the {}, since the file does not give it", skeleton.name,
                   skeleton.reference);
}

std::string names_of(const std::vector<const CocoCategory*>& categories) {
  std::vector<std::string> names;
  for (const CocoCategory* category : categories) names.push_back(category->name);
  constexpr std::size_t most_named = 3;
  if (names.size() <= most_named) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", names.front(), names.size() - 1);
}

std::string remark_on(const config::Skeleton& skeleton, const std::string& origin) {
  return fmt::format("skeleton {}: {} parts, {} mirror pairs, {} limbs, of {}", skeleton.name, skeleton.size(),
                     skeleton.flip_pairs.size(), skeleton.limbs.size(), origin);
}

// The set without people, and the places of the parts in `categories`.
PhotographSet set_of_own_parts(CocoCategories& categories, const CocoOptions& options, const std::string& where) {
  const OwnSkeleton own = own_skeleton(categories.choose(options.category), options.skeleton, options.skeleton_where);
  categories.set_places(own.place);
  require_reference(*own.skeleton, where);
  PhotographSet set;
  set.info.skeleton = own.skeleton;
  set.info.source = fmt::format("COCO's format; {}; box: bbox x 410/256", names_of(categories.people()));
  set.info.reference = own.skeleton->reference;
  set.remarks = own.remarks;
  set.remarks.insert(set.remarks.begin(), remark_on(*own.skeleton, names_of(categories.people())));
  return set;
}

void require_whole_body(const AnnotationJson& annotations, const KeypointList& list) {
  if (annotations.size() == 0 || annotations[0].has(list.keypoints)) return;
  throw data_error(annotations[0].where(), "--part is for COCO-WholeBody, such as coco_wholebody_val_v1.0.json",
                   "has no \"{}\"", list.keypoints);
}

// The set without people.
PhotographSet set_of_whole_body(const WholeBodyPart& part) {
  PhotographSet set;
  set.info.skeleton = part.skeleton;
  set.info.source =
      fmt::format("COCO-WholeBody; {}; box: {} x 410/256", part.name, part.box.empty() ? "joints" : part.box);
  set.info.reference = part.skeleton->reference;
  set.remarks = {remark_on(*part.skeleton, "COCO-WholeBody")};
  return set;
}

PhotographSet set_of_lsp_parts(const CocoCategories& categories) {
  PhotographSet set;
  set.info.skeleton = &config::lsp14();
  set.info.source = source_of(categories.people());
  set.info.reference = "torso";
  set.remarks = remarks_on(categories.people());
  return set;
}

}  // namespace

PhotographSet parse_coco(std::string_view text, const std::string& where, const std::filesystem::path& images,
                         const CocoOptions& options) {
  const Json json = parse_annotations(text, where, "coco");
  const AnnotationJson file(json, where);
  const ImagesById photographs = images_of(file["images"]);
  const bool has_own_parts = !options.part.empty() || !reads_lsp(file, options);
  CocoCategories categories(file, has_own_parts ? RequiredJoints::some : RequiredJoints::limbs);
  const AnnotationJson annotations = file["annotations"];

  CocoParts parts{.has_own_parts = has_own_parts};
  PhotographSet set;
  if (!options.part.empty()) {
    const WholeBodyPart part = whole_body_part(options.part);
    require_whole_body(annotations, part.lists.back());
    set = set_of_whole_body(part);
    parts.lists = part.lists;
    parts.box = part.box;
  } else {
    set = has_own_parts ? set_of_own_parts(categories, options, where) : set_of_lsp_parts(categories);
  }
  parts.skeleton = set.info.skeleton;
  set.info.dataset = "coco";
  set.info.split = std::filesystem::path(where).stem().string();
  set.first_pixel = coco_first_pixel;
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
    const std::string reason = add_person(entry, categories.of(entry), parts, std::move(person), set);
    if (!reason.empty()) set.leave_out(reason, entry.where());
  }
  return set;
}

PhotographSet read_coco(const std::filesystem::path& annotations, const std::filesystem::path& images,
                        const CocoOptions& options) {
  require_photograph_folder(images);
  return parse_coco(read_file(annotations), annotations.string(), images, options);
}

}  // namespace pbn::data
