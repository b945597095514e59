#include "evaluation/coco_people.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/counted.h"
#include "base/error.h"
#include "config/skeleton.h"
#include "data/sources/whole_body.h"

namespace pbn::evaluation {

using data::AnnotationJson;

namespace {

std::vector<double> sigmas_of(const AnnotationJson& category, const std::vector<double>& given) {
  const auto names = category.given("keypoints");
  if (!given.empty()) {
    if (names && names->size() != given.size()) {
      throw usage_error("--sigmas", "give one for each keypoint, in the order of the category",
                        "has {} numbers, but {} has {}", given.size(), names->where(),
                        counted(names->size(), "keypoint"));
    }
    return given;
  }
  std::vector<std::string> keypoints;
  if (names) {
    for (std::size_t k = 0; k < names->size(); ++k) keypoints.push_back((*names)[k].text());
  } else {
    keypoints = config::coco17().parts;
  }
  std::vector<double> sigmas;
  for (std::size_t k = 0; k < keypoints.size(); ++k) {
    const std::optional<double> sigma = coco_sigma(keypoints[k]);
    if (!sigma) {
      throw data_error(names ? (*names)[k].where() : category.where(), "give the sigma of each keypoint with --sigmas",
                       "\"{}\" is not one of COCO's keypoints, whose sigmas are known", keypoints[k]);
    }
    sigmas.push_back(*sigma);
  }
  return sigmas;
}

// The keypoints of the category, or those of a part of COCO-WholeBody.
EvaluatedCategory evaluated_category(const AnnotationJson& entry, const std::vector<double>& sigmas,
                                     const std::string& part) {
  const auto name = entry.given("name");
  EvaluatedCategory category{name ? name->text() : entry["id"].id(), {}, {}, {}};
  if (part.empty()) {
    category.sigmas = sigmas_of(entry, sigmas);
    category.members = {{"keypoints", category.sigmas.size()}};
    return category;
  }
  const data::WholeBodyPart of_body = data::whole_body_part(part);
  category.sigmas = of_body.skeleton->sigmas;
  for (const data::KeypointList& list : of_body.lists) category.members.push_back({list.keypoints, list.parts.size()});
  return category;
}

EvaluatedCategory& category_of(const AnnotationJson& entry, CocoPeople& file) {
  const AnnotationJson id = entry["category_id"];
  const auto found = file.categories.find(id.integer());
  if (found != file.categories.end()) return found->second;
  throw data_error(id.where(), "", "{} is not among the categories of the truth", id.id());
}

std::int64_t image_of(const AnnotationJson& entry, const CocoPeople& file) {
  const AnnotationJson id = entry["image_id"];
  if (file.images.contains(id.integer())) return id.integer();
  throw data_error(id.where(), "are the results of the same photographs as the truth?",
                   "{} is not among the images of the truth", id.id());
}

// Triples of x, y and a third number, which decides whether x and y may be null.
template <typename MayBeNull>
std::vector<double> triples(const AnnotationJson& keypoints, std::size_t parts, const MayBeNull& may_be_null) {
  std::vector<double> values = keypoints.numbers_or_null(3 * parts);
  for (std::size_t k = 0; k < parts; ++k) {
    if (may_be_null(values[3 * k + 2])) continue;
    for (const std::size_t place : {3 * k, 3 * k + 1}) {
      if (std::isnan(values[place])) keypoints[place].number();  // throws the error
    }
  }
  return values;
}

AnnotatedPerson annotated_person(const AnnotationJson& entry, const EvaluatedCategory& category) {
  AnnotatedPerson read;
  for (const KeypointMember& member : category.members) {
    const auto keypoints = entry.given(member.name);
    std::vector<double> values(3 * member.keypoints);
    if (keypoints && keypoints->size() > 0) {
      values = triples(*keypoints, member.keypoints, [](double visibility) { return !(visibility > 0); });
    }
    for (std::size_t k = 0; k < member.keypoints; ++k) {
      read.keypoints.joints.push_back({values[3 * k], values[3 * k + 1]});
      read.keypoints.labelled.push_back(values[3 * k + 2] > 0);
    }
  }
  const auto labelled = std::ranges::count(read.keypoints.labelled, true);
  if (labelled == 0) {
    const std::vector<double> box = entry["bbox"].pixels(4);
    read.keypoints.box = {box[0], box[1], box[2], box[3]};
  }
  if (!entry.given("area")) {
    throw data_error(entry.where(), "COCO's similarity divides distances by it: add the area of each person's segment",
                     "has no \"area\"");
  }
  const auto crowd = entry.given("iscrowd"), id = entry.given("id");
  const auto stated = category.is_plain() ? entry.given("num_keypoints") : std::nullopt;
  read.keypoints.area = entry["area"].number();
  read.person.area = read.keypoints.area;
  read.person.is_crowd = crowd && crowd->flag();
  read.person.is_ignored = read.person.is_crowd || (stated ? stated->integer() : labelled) == 0;
  read.person.has_id_0 = id && id->integer() == 0;
  return read;
}

double area_of_keypoints(const std::vector<std::array<double, 2>>& joints) {
  if (joints.empty()) return 0;
  const auto extent = [&](std::size_t axis) {
    const auto [low, high] =
        std::ranges::minmax_element(joints, {}, [axis](const std::array<double, 2>& joint) { return joint[axis]; });
    return (*high)[axis] - (*low)[axis];
  };
  return extent(0) * extent(1);
}

// The joints whose bounding box is a result's area: with a part of COCO-WholeBody, those of "keypoints" if it has them.
std::vector<std::array<double, 2>> measured_joints(const AnnotationJson& entry, const EvaluatedCategory& category,
                                                   const std::vector<std::array<double, 2>>& joints) {
  const auto body = entry.given("keypoints");
  if (!body || category.is_plain()) return joints;
  std::vector<std::array<double, 2>> measured;
  const std::size_t keypoints = body->size() / 3;
  const std::vector<double> values = triples(*body, keypoints, [](double) { return false; });
  for (std::size_t k = 0; k < keypoints; ++k) measured.push_back({values[3 * k], values[3 * k + 1]});
  return measured.empty() ? joints : measured;
}

// Nothing for a part of COCO-WholeBody that the result does not have.
std::optional<FoundKeypoints> found_person(const AnnotationJson& entry, const EvaluatedCategory& category,
                                           bool has_boxes) {
  FoundKeypoints read;
  bool any = false;
  for (const KeypointMember& member : category.members) {
    const std::vector<double> values = triples(entry[member.name], member.keypoints, [](double) { return false; });
    for (std::size_t k = 0; k < member.keypoints; ++k) {
      read.joints.push_back({values[3 * k], values[3 * k + 1]});
      any |= values[3 * k + 2] > 0;
    }
  }
  if (!any && category.members[0].name != "keypoints") return std::nullopt;
  read.person.score = entry["score"].number();
  if (has_boxes) {
    const std::vector<double> box = entry["bbox"].pixels(4);
    read.person.area = box[2] * box[3];
  } else {
    read.person.area = area_of_keypoints(measured_joints(entry, category, read.joints));
  }
  return read;
}

}  // namespace

CocoPeople read_coco_people(const AnnotationJson& json, const std::vector<double>& sigmas, const std::string& part) {
  CocoPeople file;
  const AnnotationJson images = json["images"], categories = json["categories"], annotations = json["annotations"];
  data::UniqueIds image_ids, category_ids, annotation_ids;
  for (std::size_t i = 0; i < images.size(); ++i) {
    image_ids.add(images[i]["id"]);
    file.images.insert(images[i]["id"].integer());
  }
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const AnnotationJson entry = categories[i];
    category_ids.add(entry["id"]);
    file.categories[entry["id"].integer()] = evaluated_category(entry, sigmas, part);
  }
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const AnnotationJson entry = annotations[i];
    if (const auto id = entry.given("id")) annotation_ids.add(*id);
    EvaluatedCategory& category = category_of(entry, file);
    const AnnotatedPerson& read =
        category.by_image[image_of(entry, file)].people.emplace_back(annotated_person(entry, category));
    file.has_id_0 |= read.person.has_id_0;
  }
  return file;
}

std::size_t add_coco_results(const AnnotationJson& results, CocoPeople& truth) {
  if (results.size() == 0) return 0;
  const auto first_box = results[0].given("bbox");
  const bool has_boxes = first_box && first_box->size() > 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const AnnotationJson entry = results[i];
    EvaluatedCategory& category = category_of(entry, truth);
    const std::int64_t image = image_of(entry, truth);
    auto person = found_person(entry, category, has_boxes);
    if (!person) continue;
    category.by_image[image].found.push_back(std::move(*person));
    ++found;
  }
  return found;
}

}  // namespace pbn::evaluation
