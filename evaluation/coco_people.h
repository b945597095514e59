// The people of COCO's annotations and results, as coco_evaluation.h compares them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "data/sources/annotation_json.h"
#include "evaluation/average_precision.h"
#include "evaluation/keypoint_similarity.h"

namespace pbn::evaluation {

struct AnnotatedPerson {
  TrueKeypoints keypoints;
  TruePerson person;
};

struct FoundKeypoints {
  std::vector<std::array<double, 2>> joints;
  DetectedPerson person;
};

struct InPhotograph {
  std::vector<AnnotatedPerson> people;
  std::vector<FoundKeypoints> found;
};

// A member of annotations and results with keypoints, and their number.
struct KeypointMember {
  std::string name;
  std::size_t keypoints = 0;
};

struct EvaluatedCategory {
  std::string name;
  std::vector<KeypointMember> members;
  std::vector<double> sigmas;                     // K, over all members
  std::map<std::int64_t, InPhotograph> by_image;  // in the order of the ids, as pycocotools goes through them

  bool is_plain() const { return members.size() == 1 && members[0].name == "keypoints"; }
};

struct CocoPeople {
  std::set<std::int64_t> images;
  std::map<std::int64_t, EvaluatedCategory> categories;
  bool has_id_0 = false;
};

// Reads the truth without results. `sigmas`, `part` and errors as in coco_evaluation.h.
CocoPeople read_coco_people(const data::AnnotationJson& truth, const std::vector<double>& sigmas,
                            const std::string& part);

// Adds the results to the photographs of the truth and returns their number, without those that lack the part.
std::size_t add_coco_results(const data::AnnotationJson& results, CocoPeople& truth);

}  // namespace pbn::evaluation
