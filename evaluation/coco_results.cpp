#include "evaluation/coco_results.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "data/sources/annotation_json.h"
#include "data/sources/coco_categories.h"
#include "data/sources/own_skeleton.h"
#include "data/sources/photographs.h"
#include "data/sources/whole_body.h"
#include "evaluation/coco_evaluation.h"

namespace pbn::evaluation {
namespace {

using data::AnnotationJson;

struct FoundJoint {
  double x, y;  // COCO's pixels
  double confidence;
};
using FoundJoints = std::map<std::string, FoundJoint>;  // by part, without those that are not predicted

// The names that the part of a keypoint may have in a skeleton.
using PartNames = std::vector<std::string>;

// A member of a result.
struct KeypointsToWrite {
  std::string member;  // "keypoints"
  std::vector<PartNames> parts;
};

struct ResultCategory {
  Json id;
  std::vector<KeypointsToWrite> members;
};

double in_thousandths(double value) { return std::round(value * 1000) / 1000; }

const FoundJoint* joint_named(const PartNames& names, const FoundJoints& joints) {
  for (const std::string& name : names) {
    const auto joint = joints.find(name);
    if (joint != joints.end()) return &joint->second;
  }
  return nullptr;
}

Json result_of(const Json& image_id, const ResultCategory& category, const FoundJoints& joints) {
  Json result = {{"image_id", image_id}, {"category_id", category.id}};
  double sum = 0;
  int count = 0;
  for (const KeypointsToWrite& member : category.members) {
    Json& keypoints = result[member.member] = Json::array();
    for (const PartNames& names : member.parts) {
      const FoundJoint* const joint = joint_named(names, joints);
      const auto [x, y, confidence] = joint ? *joint : FoundJoint{0, 0, 0};
      for (const double value : {x, y, confidence}) keypoints.push_back(in_thousandths(value));
      if (!joint) continue;
      sum += confidence;
      ++count;
    }
  }
  result["score"] = count == 0 ? 0 : sum / count;
  return result;
}

// The lists that the people of COCO-WholeBody have beside "keypoints"; none in other files.
std::vector<KeypointsToWrite> whole_body_lists_in(const AnnotationJson& truth) {
  const AnnotationJson annotations = truth["annotations"];
  std::vector<KeypointsToWrite> members;
  if (annotations.size() == 0) return members;
  for (const data::KeypointList& list : data::whole_body_part("whole").lists) {
    if (list.keypoints == "keypoints" || !annotations[0].has(list.keypoints)) continue;
    KeypointsToWrite& member = members.emplace_back(KeypointsToWrite{list.keypoints, {}});
    for (const std::string& part : list.parts) member.parts.push_back({part});
  }
  return members;
}

KeypointsToWrite keypoints_of(const AnnotationJson& names) {
  std::vector<std::string> texts;
  for (std::size_t k = 0; k < names.size(); ++k) texts.push_back(names[k].text());
  const std::vector<std::string> own = data::own_part_names(texts);
  KeypointsToWrite keypoints{"keypoints", {}};
  for (std::size_t k = 0; k < texts.size(); ++k) {
    keypoints.parts.push_back({own[k], data::part_name(texts[k]), texts[k]});
  }
  return keypoints;
}

std::map<std::string, ResultCategory> categories_of(const AnnotationJson& truth) {
  std::map<std::string, ResultCategory> categories;
  const AnnotationJson entries = truth["categories"];
  const std::vector<KeypointsToWrite> whole_body = whole_body_lists_in(truth);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto keypoints = entries[i].given("keypoints");
    if (!keypoints) continue;
    ResultCategory& category = categories[entries[i]["id"].id()];
    category.id = entries[i]["id"].integer();
    category.members = {keypoints_of(*keypoints)};
    category.members.insert(category.members.end(), whole_body.begin(), whole_body.end());
  }
  if (categories.empty()) {
    throw data_error(entries.where(), "is it COCO's person_keypoints_*.json?", "no category names its keypoints");
  }
  return categories;
}

// The place of a person in the truth, by the photograph's name and the number of its annotation there.
struct PersonInTruth {
  Json image_id;
  std::string category;
};
using PeopleInTruth = std::map<std::string, std::vector<PersonInTruth>>;

PeopleInTruth people_in(const AnnotationJson& truth) {
  const AnnotationJson images = truth["images"], annotations = truth["annotations"];
  std::map<std::string, std::string> names;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const AnnotationJson name = images[i]["file_name"];
    names[images[i]["id"].id()] = data::photograph_name(name.text(), name.where());
  }
  PeopleInTruth people;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const AnnotationJson image_id = annotations[i]["image_id"];
    const auto name = names.find(image_id.id());
    if (name == names.end()) throw data_error(image_id.where(), "", "{} is not among the images", image_id.id());
    const auto category = annotations[i].given("category_id");
    people[name->second].push_back({image_id.integer(), category ? category->id() : ""});
  }
  return people;
}

FoundJoints found_joints(const Predictions& predictions, const config::Skeleton& skeleton, std::size_t person) {
  FoundJoints joints;
  for (std::size_t part = 0; part < skeleton.parts.size(); ++part) {
    const std::size_t joint = person * skeleton.parts.size() + part;
    const auto [x, y] = predictions.joints[joint];
    if (std::isnan(x) || std::isnan(y)) continue;
    joints[skeleton.parts[part]] = {x, y, predictions.confidence.empty() ? 1 : predictions.confidence[joint]};
  }
  return joints;
}

// Of one annotation in predictions.json, whose coordinates are continuous: pixel i covers [i, i + 1).
FoundJoints found_joints(const AnnotationJson& annotation, const std::vector<std::string>& parts) {
  const AnnotationJson keypoints = annotation["keypoints"];
  const std::vector<double> values = keypoints.numbers_or_null(3 * parts.size()),
                            confidence = annotation["keypoint_scores"].numbers_or_null(parts.size());
  FoundJoints joints;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (std::isnan(values[3 * part]) || std::isnan(values[3 * part + 1])) continue;
    joints[parts[part]] = {values[3 * part] - 0.5, values[3 * part + 1] - 0.5, confidence[part]};
  }
  return joints;
}

}  // namespace

Json coco_results(const Predictions& predictions, const data::PoseFile& people, const std::filesystem::path& truth) {
  const config::Skeleton& skeleton = people.skeleton();
  if (predictions.parts != skeleton.size() || predictions.people() != std::ssize(people.people())) {
    throw data_error(predictions.source, "name the pose file that they were made for",
                     "has {} people with {} parts, but {} has {} with {}", predictions.people(), predictions.parts,
                     people.path().string(), people.people().size(), skeleton.size());
  }
  const Json json = read_coco_truth(truth);
  const AnnotationJson file(json, truth.string());
  const auto categories = categories_of(file);
  const PeopleInTruth annotated = people_in(file);
  Json results = Json::array();
  for (std::size_t n = 0; n < people.people().size(); ++n) {
    const data::Person& person = people.people()[n];
    const auto place = static_cast<std::size_t>(person.person_index);
    const auto photograph = annotated.find(person.image_name);
    if (photograph == annotated.end() || place >= photograph->second.size()) {
      throw data_error(truth.string(), "name the file that the pose file was prepared from",
                       "has no annotation {} of a photograph {}", person.person_index, person.image_name);
    }
    const auto& [image_id, category] = photograph->second[place];
    const auto found = category.empty() ? categories.begin() : categories.find(category);
    if (found == categories.end()) {
      throw data_error(truth.string(), "name the file that the pose file was prepared from",
                       "has no keypoints in category {}, of annotation {} of {}", category, person.person_index,
                       person.image_name);
    }
    results.push_back(result_of(image_id, found->second, found_joints(predictions, skeleton, n)));
  }
  return results;
}

Json coco_results(const std::filesystem::path& predictions, const std::filesystem::path& truth) {
  const Json truth_json = read_coco_truth(truth), json = read_json(predictions);
  const auto categories = categories_of({truth_json, truth.string()});
  if (categories.size() != 1) {
    throw data_error(truth.string(), "", "has {} categories with keypoints; expected one", categories.size());
  }
  const AnnotationJson file(json, predictions.string()),
      truth_images = AnnotationJson(truth_json, truth.string())["images"];
  std::set<std::string> known;
  for (std::size_t i = 0; i < truth_images.size(); ++i) known.insert(truth_images[i]["id"].id());
  const AnnotationJson names = file["categories"][0]["keypoints"], annotations = file["annotations"];
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < names.size(); ++k) parts.push_back(names[k].text());
  Json results = Json::array();
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const AnnotationJson image_id = annotations[i]["image_id"];
    if (!known.contains(image_id.id())) {
      throw data_error(image_id.where(), "find the people with `pbn predict --boxes TRUTH`, which keeps COCO's ids",
                       "{} is not among the images of {}", image_id.id(), truth.string());
    }
    results.push_back(result_of(image_id.integer(), categories.begin()->second, found_joints(annotations[i], parts)));
  }
  return results;
}

}  // namespace pbn::evaluation
