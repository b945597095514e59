#include <filesystem>

#include "base/counted.h"
#include "base/error.h"
#include "data/pose_file/pose_file.h"
#include "evaluation/mpii_submission.h"
#include "evaluation/predictions.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

void require_free(const std::filesystem::path& file, const Arguments& arguments) {
  if (std::filesystem::exists(file) && !arguments.count("force")) {
    throw usage_error(file.string(), "add --force to replace it", "exists already");
  }
}

int convert(const Arguments& arguments) {
  const Predictions predictions = read_predictions(arguments["PREDICTIONS"].as<std::string>());
  const std::filesystem::path out = arguments["OUT"].as<std::string>();
  require_free(out, arguments);
  if (arguments.count("mpii-submission")) {
    if (!arguments.count("people")) {
      throw usage_error("convert", "the pose file that the predictions were made for", "--people FILE is missing");
    }
    const PoseFile people(arguments["people"].as<std::string>());
    require_predictions_of(people.path().string(), people.info().fingerprint, predictions);
    write_mpii_submission(out, predictions, people, arguments["mpii-submission"].as<std::string>());
  } else {
    if (out.extension() != ".mat" && out.extension() != ".h5") {
      throw usage_error(out.string(), "end its name in .mat or .h5", "is of no known form");
    }
    write_predictions(out, predictions);
  }
  if (arguments.count("json")) {
    print_facts({{"file", out.string()}, {"people", predictions.people()}, {"parts", predictions.parts}});
  } else {
    fmt::print("{}: {}, {} parts\n", out.string(), counted(predictions.people(), "person", "people"),
               predictions.parts);
  }
  return 0;
}

}  // namespace

Command convert_command() {
  Command command;
  command.name = "convert";
  command.summary = "predictions as a MATLAB file, or as MPII's organisers want them";
  command.description =
      "OUT.mat is MATLAB v5, OUT.h5 is HDF5: preds (N, K, 3), x and y in the photograph's pixels, and\n"
      "confidence. With --mpii-submission it is the file that MPII's organisers evaluate (Table 1), with\n"
      "pred(i).annorect(j) for everybody in MPII's test photographs.";
  command.positionals = {{"PREDICTIONS", "preds (N, K, 2 or 3) in HDF5 or MATLAB v5"}, {"OUT", "the file to make"}};
  command.reads = {"PREDICTIONS", "mpii-submission", "people"};
  command.options.add_options()("mpii-submission", po::value<std::string>()->value_name("FILE"),
                                "mpii_human_pose_v1_u12_1.mat: make MPII's submission file")(
      "people", po::value<std::string>()->value_name("FILE"),
      "the pose file of MPII's test split, for --mpii-submission")("force", "replace a file OUT that is there already");
  add_json_option(command.options);
  command.examples =
      "pbn convert runs/3f/3f0c77a91b20/predictions.h5 predictions.mat\n"
      "pbn convert predictions.h5 pred_keypoints_mpii.mat --people mpii-test.h5 \\\n"
      "    --mpii-submission mpii_human_pose_v1_u12_1.mat";
  command.run = convert;
  return command;
}

}  // namespace pbn
