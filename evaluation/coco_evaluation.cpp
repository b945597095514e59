#include "evaluation/coco_evaluation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "base/number_text.h"
#include "base/table.h"
#include "data/sources/annotation_formats.h"
#include "evaluation/average_precision.h"
#include "evaluation/coco_people.h"
#include "evaluation/keypoint_similarity.h"

namespace pbn::evaluation {
namespace {

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

std::vector<std::string> remarks_on(const CocoFigures& evaluation, const CocoPeople& truth) {
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

Json parsed(const NamedText& file) {
  std::optional<std::string> repeated;
  Json json = parse_json(file.text, file.name, repeated);
  if (!repeated) return json;
  throw data_error(file.name, "were two files put together? merge their lists",
                   "has the key \"{}\" twice in one object", *repeated);
}

Json parsed_results(const NamedText& file) {
  Json json = parsed(file);
  if (json.is_array()) return json;
  throw data_error(file.name, "`pbn convert FILE RESULTS.json --coco-results TRUTH` makes it of predictions",
                   "is not a list of COCO's results");
}

Json parsed_truth(const NamedText& file) {
  Json json = parsed(file);
  const data::AnnotationFormat format = data::annotation_format(json);
  if (format.importer == "coco") return json;
  throw data_error(file.name, "give person_keypoints_*.json or a file like it", "is {}, not COCO's annotations",
                   format.name.empty() ? "another JSON file" : format.name);
}

}  // namespace

Json read_coco_truth(const std::filesystem::path& file) { return parsed_truth({read_file(file), file.string()}); }

CocoFigures evaluate_coco(const std::filesystem::path& results, const std::filesystem::path& truth,
                          const std::vector<double>& sigmas, const std::string& part) {
  const std::string annotated = read_file(truth), found = read_file(results);
  return evaluate_coco(NamedText{found, results.string()}, NamedText{annotated, truth.string()}, sigmas, part);
}

CocoFigures evaluate_coco(const NamedText& results, const NamedText& truth, const std::vector<double>& sigmas,
                          const std::string& part) {
  const Json annotated = parsed_truth(truth), found = parsed_results(results);
  CocoPeople file = read_coco_people({annotated, truth.name}, sigmas, part);
  CocoFigures evaluation;
  evaluation.detected = add_coco_results({found, results.name}, file);
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
