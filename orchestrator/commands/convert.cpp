#include <filesystem>

#include "base/counted.h"
#include "base/error.h"
#include "data/pose_file/pose_file.h"
#include "evaluation/mpii_submission.h"
#include "evaluation/predictions.h"
#include "orchestrator/commands/commands.h"

namespace pbn::commands {
namespace {

int convert(const Arguments& arguments) {
  const evaluation::Predictions predictions = evaluation::read_predictions(arguments.text("PREDICTIONS"));
  const std::filesystem::path out = arguments.text("OUT");
  require_new_file(out.string(), arguments);
  if (arguments.has("mpii-submission")) {
    if (!arguments.has("people")) {
      throw usage_error("convert", "name the pose file that the predictions are of", "--people FILE is missing");
    }
    const data::PoseFile people(arguments.text("people"));
    evaluation::require_predictions_of(people.path().string(), people.info().fingerprint, predictions);
    evaluation::write_mpii_submission(out, predictions, people, arguments.text("mpii-submission"));
  } else {
    if (out.extension() != ".mat" && out.extension() != ".h5") {
      throw usage_error(out.string(), "name it .mat or .h5", "has an unknown format");
    }
    evaluation::write_predictions(out, predictions);
  }
  if (arguments.has("json")) {
    print_facts({{"file", out.string()}, {"people", predictions.people()}, {"parts", predictions.parts}});
  } else {
    fmt::print("{}: {}, {} parts\n", out.string(), counted(predictions.people(), "person", "people"),
               predictions.parts);
  }
  return 0;
}

}  // namespace

Command convert_command() {
  return {
      .name = "convert",
      .summary = "convert predictions to MATLAB, HDF5 or MPII's submission format",
      .description =
          R"(OUT.mat is written as MATLAB v5, OUT.h5 as HDF5: preds (N, K, 3), x and y in the photograph's pixels, and
confidence. With --mpii-submission OUT is the file that MPII's organisers evaluate (Table 1), with
pred(i).annorect(j) for every person in MPII's test photographs.)",
      .positionals = {{"PREDICTIONS", "preds (N, K, 2 or 3) in HDF5 or MATLAB v5"}, {"OUT", "the file to write"}},
      .options = {{"mpii-submission", "FILE", "mpii_human_pose_v1_u12_1.mat: write MPII's submission file"},
                  {"people", "FILE", "the pose file of MPII's test split, for --mpii-submission"},
                  {"force", "", "replace the file OUT if it exists"},
                  json_option},
      .examples = R"(pbn convert runs/3f/3f0c77a91b20/predictions.h5 predictions.mat
pbn convert predictions.h5 pred_keypoints_mpii.mat --people mpii-test.h5 \
    --mpii-submission mpii_human_pose_v1_u12_1.mat)",
      .run = convert,
      .input_files = {"PREDICTIONS", "mpii-submission", "people"}};
}

}  // namespace pbn::commands
