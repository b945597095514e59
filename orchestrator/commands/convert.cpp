#include <filesystem>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "data/pose_file/pose_file.h"
#include "evaluation/coco_results.h"
#include "evaluation/mpii_submission.h"
#include "evaluation/predictions.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/photographs/worker_requests.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;

// The predictions to convert, and the pose file with the people that they are of.
struct PredictionsOfPeople {
  evaluation::Predictions predictions;
  data::PoseFile people;
};

PredictionsOfPeople read_with_people(const Arguments& arguments) {
  if (!arguments.has("people")) {
    throw usage_error("convert", "name the pose file that the predictions are of", "--people FILE is missing");
  }
  PredictionsOfPeople both{evaluation::read_predictions(arguments.text("FILE")),
                           data::PoseFile(arguments.text("people"))};
  evaluation::require_predictions_of(both.people.path().string(), both.people.info().fingerprint, both.predictions);
  return both;
}

void print_conversion(const Arguments& arguments, const fs::path& out, std::int64_t people, int parts) {
  if (arguments.has("json")) {
    print_facts({{"file", out.string()}, {"people", people}, {"parts", parts}});
  } else {
    fmt::print("{}: {}, {} parts\n", out.string(), counted(people, "person", "people"), parts);
  }
}

void write_coco_results(const Arguments& arguments, const fs::path& out) {
  const fs::path from = arguments.text("FILE"), truth = arguments.text("coco-results");
  Json results;
  if (from.extension() == ".json") {
    results = evaluation::coco_results(from, truth);
  } else {
    const auto [predictions, people] = read_with_people(arguments);
    results = evaluation::coco_results(predictions, people, truth);
  }
  write_atomically(out, canonical(results) + "\n");
  const std::size_t numbers = results.empty() ? 0 : results[0]["keypoints"].size();
  print_conversion(arguments, out, std::ssize(results), static_cast<int>(numbers / 3));
}

void write_predictions_again(const Arguments& arguments, const fs::path& out) {
  if (out.extension() != ".mat" && out.extension() != ".h5") {
    throw usage_error(out.string(), "name it .mat or .h5", "has an unknown format");
  }
  const evaluation::Predictions predictions = evaluation::read_predictions(arguments.text("FILE"));
  evaluation::write_predictions(out, predictions);
  print_conversion(arguments, out, predictions.people(), predictions.parts);
}

void write_onnx(const Arguments& arguments, const fs::path& out) {
  const Json facts = photographs::write_onnx(arguments.text("FILE"), out);
  if (arguments.has("json")) {
    print_facts(facts);
  } else {
    fmt::print("{}: {} parts, {} parameters\n", out.string(), facts.at("parts").size(),
               facts.at("parameters").get<std::int64_t>());
  }
}

int convert(const Arguments& arguments) {
  const bool to_onnx = arguments.has("onnx");
  if (to_onnx == arguments.has("OUT")) {
    throw usage_error("convert", "see pbn convert --help", "{}",
                      to_onnx ? "--onnx names the file to write; OUT is one too many" : "OUT is missing");
  }
  const fs::path out = arguments.text(to_onnx ? "onnx" : "OUT");
  require_new_file(out.string(), arguments);
  if (to_onnx) {
    write_onnx(arguments, out);
  } else if (arguments.has("coco-results")) {
    write_coco_results(arguments, out);
  } else if (arguments.has("mpii-submission")) {
    const auto [predictions, people] = read_with_people(arguments);
    evaluation::write_mpii_submission(out, predictions, people, arguments.text("mpii-submission"));
    print_conversion(arguments, out, predictions.people(), predictions.parts);
  } else {
    write_predictions_again(arguments, out);
  }
  return 0;
}

}  // namespace

Command convert_command() {
  return {
      .name = "convert",
      .summary = "convert predictions to MATLAB, HDF5, COCO's results or MPII's submission, and weights to ONNX",
      .description =
          R"(OUT.mat is written as MATLAB v5, OUT.h5 as HDF5: preds (N, K, 3), x and y in the photograph's pixels, and
confidence. With --coco-results OUT is a list of COCO's results, which pbn evaluate and pycocotools read; FILE is
then predictions of a prepared COCO file, or predictions.json of pbn predict. With --mpii-submission OUT is the
file that MPII's organisers evaluate (Table 1), with pred(i).annorect(j) for every person in MPII's test
photographs.

With --onnx FILE is weights.safetensors, or the folder of a finished run. The network is written for ONNX Runtime
and other programs: from RGB pixels (0 to 255) to heat maps, joints and their confidence; docs/file-formats.md
shows it in Python.)",
      .positionals = {{"FILE",
                       "preds (N, K, 2 or 3) in HDF5 or MATLAB v5; for --coco-results also predictions.json; "
                       "for --onnx weights"},
                      {"OUT", "the file to write, except with --onnx", false}},
      .options = {{"coco-results", "FILE", "COCO's annotations, such as person_keypoints_val2017.json: write results"},
                  {"mpii-submission", "FILE", "mpii_human_pose_v1_u12_1.mat: write MPII's submission file"},
                  {"people", "FILE", "the pose file that the predictions are of, for the two options above"},
                  {"onnx", "OUT", "write the network of these weights to this file, model.onnx"},
                  {"force", "", "replace the file OUT if it exists"},
                  json_option},
      .examples = R"(pbn convert runs/3f/3f0c77a91b20/predictions.h5 predictions.mat
pbn convert predictions.h5 results.json --people coco-val.h5 --coco-results person_keypoints_val2017.json
pbn convert found/predictions.json results.json --coco-results person_keypoints_val2017.json
pbn convert predictions.h5 pred_keypoints_mpii.mat --people mpii-test.h5 \
    --mpii-submission mpii_human_pose_v1_u12_1.mat
pbn convert weights.safetensors --onnx model.onnx)",
      .run = convert,
      .input_files = {"FILE", "coco-results", "mpii-submission", "people"}};
}

}  // namespace pbn::commands
