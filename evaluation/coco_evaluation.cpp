#include "evaluation/coco_evaluation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "base/number_text.h"
#include "base/table.h"
#include "config/skeleton.h"
#include "data/sources/annotation_formats.h"
#include "data/sources/annotation_json.h"
#include "evaluation/average_precision.h"
#include "evaluation/keypoint_similarity.h"

namespace pbn::evaluation {
namespace {

using data::AnnotationJson;

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

struct EvaluatedCategory {
  std::string name;
  std::vector<double> sigmas;                     // K
  std::map<std::int64_t, InPhotograph> by_image;  // in the order of the ids, as pycocotools goes through them
};

struct CocoFile {
  std::set<std::int64_t> images;
  std::map<std::int64_t, EvaluatedCategory> categories;
  bool has_id_0 = false;
};

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

EvaluatedCategory& category_of(const AnnotationJson& entry, CocoFile& file) {
  const AnnotationJson id = entry["category_id"];
  const auto found = file.categories.find(id.integer());
  if (found != file.categories.end()) return found->second;
  throw data_error(id.where(), "", "{} is not among the categories of the truth", id.id());
}

std::int64_t image_of(const AnnotationJson& entry, const CocoFile& file) {
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

AnnotatedPerson annotated_person(const AnnotationJson& entry, std::size_t parts) {
  AnnotatedPerson read;
  read.keypoints.joints.resize(parts);
  read.keypoints.labelled.resize(parts);
  const auto keypoints = entry.given("keypoints");
  if (keypoints && keypoints->size() > 0) {
    const std::vector<double> values = triples(*keypoints, parts, [](double visibility) { return !(visibility > 0); });
    for (std::size_t k = 0; k < parts; ++k) {
      read.keypoints.joints[k] = {values[3 * k], values[3 * k + 1]};
      read.keypoints.labelled[k] = values[3 * k + 2] > 0;
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
  const auto crowd = entry.given("iscrowd"), stated = entry.given("num_keypoints"), id = entry.given("id");
  read.keypoints.area = entry["area"].number();
  read.person.area = read.keypoints.area;
  read.person.is_crowd = crowd && crowd->flag();
  read.person.is_ignored = read.person.is_crowd || (stated ? stated->integer() : labelled) == 0;
  read.person.has_id_0 = id && id->integer() == 0;
  return read;
}

CocoFile read_truth(const AnnotationJson& json, const std::vector<double>& sigmas) {
  CocoFile file;
  const AnnotationJson images = json["images"], categories = json["categories"], annotations = json["annotations"];
  data::UniqueIds image_ids, category_ids, annotation_ids;
  for (std::size_t i = 0; i < images.size(); ++i) {
    image_ids.add(images[i]["id"]);
    file.images.insert(images[i]["id"].integer());
  }
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const AnnotationJson entry = categories[i];
    category_ids.add(entry["id"]);
    const auto name = entry.given("name");
    file.categories[entry["id"].integer()] = {name ? name->text() : entry["id"].id(), sigmas_of(entry, sigmas), {}};
  }
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const AnnotationJson entry = annotations[i];
    if (const auto id = entry.given("id")) annotation_ids.add(*id);
    EvaluatedCategory& category = category_of(entry, file);
    const AnnotatedPerson& read =
        category.by_image[image_of(entry, file)].people.emplace_back(annotated_person(entry, category.sigmas.size()));
    file.has_id_0 |= read.person.has_id_0;
  }
  return file;
}

double area_of_keypoints(const std::vector<std::array<double, 2>>& joints) {
  const auto extent = [&](std::size_t axis) {
    const auto [low, high] =
        std::ranges::minmax_element(joints, {}, [axis](const std::array<double, 2>& joint) { return joint[axis]; });
    return (*high)[axis] - (*low)[axis];
  };
  return extent(0) * extent(1);
}

FoundKeypoints found_person(const AnnotationJson& entry, std::size_t parts, bool has_boxes) {
  FoundKeypoints read;
  const std::vector<double> values = triples(entry["keypoints"], parts, [](double) { return false; });
  for (std::size_t k = 0; k < parts; ++k) read.joints.push_back({values[3 * k], values[3 * k + 1]});
  read.person.score = entry["score"].number();
  if (has_boxes) {
    const std::vector<double> box = entry["bbox"].pixels(4);
    read.person.area = box[2] * box[3];
  } else {
    read.person.area = area_of_keypoints(read.joints);
  }
  return read;
}

// Adds the results to the photographs of the truth and returns their number.
std::size_t read_results(const AnnotationJson& results, CocoFile& truth) {
  if (results.size() == 0) return 0;
  const auto first_box = results[0].given("bbox");
  const bool has_boxes = first_box && first_box->size() > 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const AnnotationJson entry = results[i];
    EvaluatedCategory& category = category_of(entry, truth);
    category.by_image[image_of(entry, truth)].found.push_back(found_person(entry, category.sigmas.size(), has_boxes));
  }
  return results.size();
}

PeopleInPhotograph compared(InPhotograph& photograph, std::span<const double> sigmas) {
  PeopleInPhotograph result;
  std::ranges::stable_sort(photograph.found, std::ranges::greater{},
                           [](const FoundKeypoints& found) { return found.person.score; });
  if (photograph.found.size() > most_found) photograph.found.resize(most_found);
  for (const AnnotatedPerson& person : photograph.people) result.people.push_back(person.person);
  for (const FoundKeypoints& found : photograph.found) {
    result.detected.push_back(found.person);
    for (const AnnotatedPerson& person : photograph.people) {
      result.similarity.push_back(keypoint_similarity(person.keypoints, found.joints, sigmas));
    }
  }
  return result;
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// The ten figures, in pycocotools' order, of one category; nothing where no person counts.
std::vector<std::optional<double>> coco_figures_of(std::span<const PeopleInPhotograph> photographs) {
  const auto all = precision_and_recall(photographs, any_area), medium = precision_and_recall(photographs, medium_area),
             large = precision_and_recall(photographs, large_area);
  std::vector<std::optional<double>> figures;
  for (const auto values : {&PrecisionAndRecall::precision, &PrecisionAndRecall::recall}) {
    const auto add = [&](const std::optional<PrecisionAndRecall>& range, const auto& figure) {
      figures.push_back(range ? std::optional(figure((*range).*values)) : std::nullopt);
    };
    const auto mean = [](const auto& at) { return mean_of(at); };
    add(all, mean);
    add(all, [](const auto& at) { return at[threshold_50]; });
    add(all, [](const auto& at) { return at[threshold_75]; });
    add(medium, mean);
    add(large, mean);
  }
  return figures;
}

constexpr std::array names_of_figures{"AP", "AP50", "AP75", "AP-medium", "AP-large",
                                      "AR", "AR50", "AR75", "AR-medium", "AR-large"};

// The mean over the categories that have the figure, in pycocotools' order of summation.
std::optional<double> mean_over(const std::vector<std::vector<std::optional<double>>>& categories, std::size_t figure) {
  std::vector<double> values;
  for (const auto& figures : categories) {
    if (figures[figure]) values.push_back(*figures[figure]);
  }
  return values.empty() ? std::nullopt : std::optional(mean_of(values));
}

std::vector<std::string> remarks_on(const CocoFigures& evaluation, const CocoFile& truth) {
  std::vector<std::string> remarks;
  if (evaluation.people == 0) {
    remarks.emplace_back("No person has labelled keypoints: is the truth COCO's person_keypoints_*.json?");
  }
  if (truth.has_id_0) {
    remarks.emplace_back(
        "An annotation has the id 0. pycocotools, and so these figures, take finding it for a mistake: count ids from "
        "1.");
  }
  return remarks;
}

Json parsed(const std::filesystem::path& file) {
  std::optional<std::string> repeated;
  Json json = parse_json(read_file(file), file.string(), repeated);
  if (!repeated) return json;
  throw data_error(file.string(), "were two files put together? merge their lists",
                   "has the key \"{}\" twice in one object", *repeated);
}

Json parsed_results(const std::filesystem::path& file) {
  Json json = parsed(file);
  if (json.is_array()) return json;
  throw data_error(file.string(), "`pbn convert FILE RESULTS.json --coco-results TRUTH` makes it of predictions",
                   "is not a list of COCO's results");
}

}  // namespace

Json read_coco_truth(const std::filesystem::path& file) {
  Json json = parsed(file);
  const data::AnnotationFormat format = data::annotation_format(json);
  if (format.importer == "coco") return json;
  throw data_error(file.string(), "give person_keypoints_*.json or a file like it", "is {}, not COCO's annotations",
                   format.name.empty() ? "another JSON file" : format.name);
}

CocoFigures evaluate_coco(const std::filesystem::path& results, const std::filesystem::path& truth,
                          const std::vector<double>& sigmas) {
  const Json annotated = read_coco_truth(truth), found = parsed_results(results);
  CocoFile file = read_truth({annotated, truth.string()}, sigmas);
  CocoFigures evaluation;
  evaluation.detected = read_results({found, results.string()}, file);
  std::vector<std::vector<std::optional<double>>> by_category;
  for (auto& [id, category] : file.categories) {
    std::vector<PeopleInPhotograph> photographs;
    for (auto& [image, photograph] : category.by_image) {
      photographs.push_back(compared(photograph, category.sigmas));
      evaluation.people += std::ranges::count(photographs.back().people, false, &TruePerson::is_ignored);
    }
    by_category.push_back(coco_figures_of(photographs));
    evaluation.categories.push_back(category.name);
  }
  for (std::size_t figure = 0; figure < names_of_figures.size(); ++figure) {
    evaluation.figures.emplace_back(names_of_figures[figure], mean_over(by_category, figure));
  }
  evaluation.photographs = file.images.size();
  evaluation.remarks = remarks_on(evaluation, file);
  return evaluation;
}

std::string coco_evaluation_text(const CocoFigures& evaluation) {
  Table table{{"figure", "0 to 1"}, {}};
  for (const auto& [name, value] : evaluation.figures) {
    table.rows.push_back({name, value ? fixed_text(*value, 4) : "-"});
  }
  std::string text = table.for_terminal();
  text += fmt::format("\n{} in {}, {}\n", counted(evaluation.people, "person", "people"),
                      counted(evaluation.photographs, "photograph"), counted(evaluation.detected, "detection"));
  if (evaluation.categories.size() > 1) {
    text += fmt::format("Means over {} categories: {}\n", evaluation.categories.size(),
                        fmt::join(evaluation.categories, ", "));
  }
  for (const std::string& remark : evaluation.remarks) text += remark + "\n";
  return text;
}

Json coco_evaluation_json(const CocoFigures& evaluation) {
  Json figures = Json::object();
  for (const auto& [name, value] : evaluation.figures) figures[name] = value ? Json(*value) : Json();
  return {{"figures", figures},
          {"photographs", evaluation.photographs},
          {"people", evaluation.people},
          {"detected", evaluation.detected},
          {"categories", evaluation.categories},
          {"remarks", evaluation.remarks}};
}

}  // namespace pbn::evaluation
