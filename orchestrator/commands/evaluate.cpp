#include "base/error.h"
#include "evaluation/report.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

int evaluate_predictions(const Arguments& arguments) {
  if (!arguments.count("against")) {
    throw usage_error("evaluate", "see pbn evaluate --help", "--against TRUTH is missing");
  }
  const Predictions predictions = read_predictions(arguments["PREDICTIONS"].as<std::string>());
  const std::string visibility = arguments.count("visibility") ? arguments["visibility"].as<std::string>() : "";
  const GroundTruth truth = read_ground_truth(arguments["against"].as<std::string>(), visibility);
  require_predictions_of(truth.source, truth.fingerprint, predictions);
  arguments.count("json") ? print_facts(evaluation_json(predictions, truth))
                          : fmt::print("{}", evaluation_text(predictions, truth));
  return 0;
}

}  // namespace

Command evaluate_command() {
  Command command;
  command.name = "evaluate";
  command.summary = "measure predictions against the truth: PCKh, PCK, AUC";
  command.description = "Prints the figures of each part and all means, over all, visible and occluded joints.";
  command.positionals = {{"PREDICTIONS", "preds (N, K, 2 or 3) in HDF5 or MATLAB v5"}};
  command.reads = {"PREDICTIONS", "against", "visibility"};
  command.options.add_options()("against", po::value<std::string>()->value_name("TRUTH"),
                                "a pose file, Newell's valid.h5, or MPII's detections_our_format.mat")(
      "visibility", po::value<std::string>()->value_name("FILE"),
      "Newell's valid.h5, which says what is occluded where TRUTH does not");
  add_json_option(command.options);
  command.examples =
      "pbn evaluate predictions.h5 --against data/lsp-test.h5\n"
      "pbn evaluate bearpaw-hg_s2_b1.mat --against detections_our_format.mat --visibility valid.h5 --json";
  command.run = evaluate_predictions;
  return command;
}

}  // namespace pbn
