#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <charconv>
#include <fstream>

#include "base/error.h"
#include "evaluation/coco_evaluation.h"
#include "evaluation/report.h"
#include "orchestrator/commands/commands.h"

namespace pbn::commands {
namespace {

// Whether the file begins as JSON does; HDF5 and MATLAB files do not.
bool is_json(const std::string& file) {
  std::ifstream stream(file);
  char first = 0;
  stream >> first;
  return first == '[' || first == '{' || first == '\xEF';  // a byte order mark may come first
}

// "0.026,0.025" as numbers; empty where the option is not given.
std::vector<double> sigmas_in(const Arguments& arguments) {
  std::vector<double> sigmas;
  if (!arguments.has("sigmas")) return sigmas;
  std::vector<std::string> words;
  const std::string text = arguments.text("sigmas");
  boost::split(words, text, boost::is_any_of(","));
  for (const std::string& word : words) {
    double sigma = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), sigma);
    if (error != std::errc() || end != word.data() + word.size() || !(sigma > 0)) {
      throw usage_error("--sigmas", "for example --sigmas 0.026,0.025,0.025", "\"{}\" is not a number above 0", word);
    }
    sigmas.push_back(sigma);
  }
  return sigmas;
}

int evaluate_results_of_coco(const Arguments& arguments) {
  const std::string predictions = arguments.text("PREDICTIONS"), truth = arguments.text("against");
  if (!is_json(predictions)) {
    throw usage_error(predictions, "`pbn convert FILE RESULTS.json --coco-results TRUTH` makes a list of results of it",
                      "is compared with COCO's annotations, but is not a list of COCO's results");
  }
  if (!is_json(truth)) {
    throw usage_error("--against", "name the annotations in COCO's format, such as person_keypoints_val2017.json",
                      "{} is not JSON, but {} is", truth, predictions);
  }
  if (arguments.has("part") && arguments.has("sigmas")) {
    throw usage_error("--sigmas", "leave it out", "the sigmas of --part are known");
  }
  const evaluation::CocoFigures evaluation =
      evaluation::evaluate_coco(predictions, truth, sigmas_in(arguments), arguments.text("part"));
  arguments.has("json") ? print_facts(evaluation::coco_evaluation_json(evaluation))
                        : fmt::print("{}", evaluation::coco_evaluation_text(evaluation));
  return 0;
}

int evaluate_predictions(const Arguments& arguments) {
  if (!arguments.has("against")) {
    throw usage_error("evaluate", "see pbn evaluate --help", "--against TRUTH is missing");
  }
  if (is_json(arguments.text("PREDICTIONS")) || is_json(arguments.text("against"))) {
    return evaluate_results_of_coco(arguments);
  }
  for (const char* option : {"sigmas", "part"}) {
    if (arguments.has(option)) {
      throw usage_error("evaluate", "it is for COCO's results", "has no use for --{}", option);
    }
  }
  const evaluation::Predictions given = evaluation::read_predictions(arguments.text("PREDICTIONS"));
  const evaluation::GroundTruth truth =
      evaluation::read_ground_truth(arguments.text("against"), arguments.text("visibility"), given.people());
  evaluation::require_predictions_of(truth.source, truth.fingerprint, given);
  const evaluation::Predictions predictions = evaluation::with_parts_of(*truth.skeleton, given);
  arguments.has("json") ? print_facts(evaluation::evaluation_json(predictions, truth))
                        : fmt::print("{}", evaluation::evaluation_text(predictions, truth));
  return 0;
}

}  // namespace

Command evaluate_command() {
  return {
      .name = "evaluate",
      .summary = "measure a file of predictions, from any program, against the truth: PCKh, PCK, AUC, COCO's AP",
      .description =
          R"(Prints the figures of each part and all means, over all, visible and occluded joints. Parts are matched by
their names; predictions that do not name theirs are of the truth's, or of MPII's 16, COCO's 17 or LSP's 14 parts.

A list of COCO's results is compared with COCO's annotations, such as person_keypoints_val2017.json, and gives the
figures of pycocotools: AP and AR over the similarities (OKS) 0.5 to 0.95, of people of all sizes, at 0.5 and at
0.75, and of medium and large people.)",
      .positionals = {{"PREDICTIONS", "preds (N, K, 2 or 3) in HDF5 or MATLAB v5, or COCO's results as JSON"}},
      .options =
          {{"against", "TRUTH",
            "the true joints: a pose file, Newell's valid.h5, MPII's detections_our_format.mat, LSP's joints.mat, "
            "or COCO's annotations"},
           {"visibility", "FILE", "Newell's valid.h5, from which occlusion is read where TRUTH does not have it"},
           {"sigmas", "LIST",
            "for COCO: how exactly people place each keypoint, in the order of the category; default: "
            "COCO's, by the keypoints' names"},
           {"part", "PART",
            "for COCO-WholeBody: what is compared, body, feet, face, left-hand, right-hand or whole (133 parts)"},
           json_option},
      .examples = R"(pbn evaluate predictions.h5 --against data/lsp-test.h5
pbn evaluate hg_s8_b1_lsp.mat --against lsp/joints.mat
pbn evaluate bearpaw-hg_s2_b1.mat --against detections_our_format.mat --visibility valid.h5 --json
pbn evaluate results.json --against person_keypoints_val2017.json
pbn evaluate results.json --against coco_wholebody_val_v1.0.json --part whole)",
      .run = evaluate_predictions,
      .input_files = {"PREDICTIONS", "against", "visibility"}};
}

}  // namespace pbn::commands
