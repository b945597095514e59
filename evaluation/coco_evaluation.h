// The output of `pbn evaluate RESULTS.json --against person_keypoints.json`: COCO's own figures of found people.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace pbn::evaluation {

// The ten figures of pycocotools' COCOeval(truth, results, "keypoints"), from 0 to 1.
struct CocoFigures {
  // "AP", "AP50", "AP75", "AP-medium", "AP-large", "AR", "AR50", ...; nothing where no person counts (pycocotools: -1)
  std::vector<std::pair<std::string, std::optional<double>>> figures;
  std::size_t photographs = 0, people = 0, detected = 0;  // people who count, with areas of all sizes
  std::vector<std::string> categories;                    // the figures are means over them
  std::vector<std::string> remarks;
};

// truth: person_keypoints_*.json or a file like it with any keypoints: images (id), categories (id, name, keypoints)
// and annotations (image_id, category_id, keypoints, area, iscrowd, num_keypoints, bbox). A category that does not name
// its keypoints has COCO's seventeen. results: a list of {image_id, category_id, keypoints, score}, keypoints as
// triples in the order of the category; the third number of each is not read. A result has the area of its bbox or,
// where the first result has none, of its keypoints' bounding box. At most 20 results per photograph and category are
// used.
//
// sigmas: one for each keypoint (keypoint_similarity.h); empty: COCO's, by the keypoints' names.
//
// part: of COCO-WholeBody, "face" or "whole" (data/sources/whole_body.h); its keypoints are read from their own lists
// in both files, and its sigmas are the authors'. As in their evaluation, a person counts with any keypoint of the
// part, the area of a result is that of the body, and results of feet, face or a hand whose third numbers are all 0 are
// left out.
//
// Throws data errors that name the place: a photograph, category or keypoint that is missing in the truth, a wrong
// number of values, people without an area, an unknown keypoint without sigmas.
CocoFigures evaluate_coco(const std::filesystem::path& results, const std::filesystem::path& truth,
                          const std::vector<double>& sigmas = {}, const std::string& part = "");

// A file's text and its name, for errors.
struct NamedText {
  std::string_view text;
  std::string name;
};
CocoFigures evaluate_coco(const NamedText& results, const NamedText& truth, const std::vector<double>& sigmas = {},
                          const std::string& part = "");

// Parses a file of COCO's annotations. Throws a data error that names the format of any other file.
Json read_coco_truth(const std::filesystem::path& file);

std::string coco_evaluation_text(const CocoFigures& evaluation);

// {"figures": {NAME: 0 to 1 or null}, "photographs", "people", "detected", "categories": [NAME], "remarks": [TEXT]}
Json coco_evaluation_json(const CocoFigures& evaluation);

}  // namespace pbn::evaluation
