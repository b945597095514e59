#include "base/error.h"
#include "evaluation/report.h"
#include "orchestrator/commands/commands.h"

namespace pbn::commands {
namespace {

int evaluate_predictions(const Arguments& arguments) {
  if (!arguments.has("against")) {
    throw usage_error("evaluate", "see pbn evaluate --help", "--against TRUTH is missing");
  }
  const evaluation::Predictions predictions = evaluation::read_predictions(arguments.text("PREDICTIONS"));
  const evaluation::GroundTruth truth =
      evaluation::read_ground_truth(arguments.text("against"), arguments.text("visibility"));
  evaluation::require_predictions_of(truth.source, truth.fingerprint, predictions);
  arguments.has("json") ? print_facts(evaluation::evaluation_json(predictions, truth))
                        : fmt::print("{}", evaluation::evaluation_text(predictions, truth));
  return 0;
}

}  // namespace

Command evaluate_command() {
  return {.name = "evaluate",
          .summary = "measure a file of predictions, from any program, against the truth: PCKh, PCK, AUC",
          .description = "Prints the figures of each part and all means, over all, visible and occluded joints.",
          .positionals = {{"PREDICTIONS", "preds (N, K, 2 or 3) in HDF5 or MATLAB v5"}},
          .options = {{"against", "TRUTH",
                       "the true joints: a pose file, Newell's valid.h5, or MPII's detections_our_format.mat"},
                      {"visibility", "FILE",
                       "Newell's valid.h5, from which occlusion is read where TRUTH does not have it"},
                      json_option},
          .examples = R"(pbn evaluate predictions.h5 --against data/lsp-test.h5
pbn evaluate bearpaw-hg_s2_b1.mat --against detections_our_format.mat --visibility valid.h5 --json)",
          .run = evaluate_predictions,
          .input_files = {"PREDICTIONS", "against", "visibility"}};
}

}  // namespace pbn::commands
