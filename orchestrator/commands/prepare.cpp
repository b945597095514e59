#include "data/prepare.h"

#include "base/error.h"
#include "base/progress.h"
#include "base/suggestion.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

std::string text_of(const Arguments& arguments, const char* option) {
  return arguments.count(option) ? arguments[option].as<std::string>() : "";
}

PrepareOptions how(const Arguments& arguments, PrepareOptions options) {
  if (arguments.count("box")) options.box_pixels = arguments["box"].as<int>();
  options.extent = arguments["extent"].as<double>();
  options.threads = arguments["threads"].as<int>();
  options.force = arguments.count("force") > 0;
  return options;
}

std::string folder_of(const Arguments& arguments) {
  if (arguments.count("FOLDER")) return text_of(arguments, "FOLDER");
  throw usage_error("prepare", "name the folder that has joints.mat and images/", "FOLDER is missing");
}

PrepareSummary prepare_source(const std::string& source, const Arguments& arguments) {
  if (source == "lsp") {
    return prepare_lsp({folder_of(arguments), text_of(arguments, "train"), text_of(arguments, "test"),
                        how(arguments, LspOptions().how)});
  }
  if (source == "lspet") {
    return prepare_lspet({folder_of(arguments), text_of(arguments, "train"), how(arguments, LspetOptions().how)});
  }
  if (source == "synthetic") {
    SyntheticOptions options;
    options.train_file = text_of(arguments, "train");
    options.validation_file = text_of(arguments, "validation");
    options.train_people = arguments["train-people"].as<std::int64_t>();
    options.validation_people = arguments["validation-people"].as<std::int64_t>();
    options.recipe.seed = arguments["seed"].as<std::uint32_t>();
    options.how = how(arguments, options.how);
    return prepare_synthetic(options);
  }
  const std::vector<std::string> known{"lsp", "lspet", "synthetic"};
  throw usage_error("prepare", suggestion(source, known), "unknown source \"{}\"", source);
}

int prepare(const Arguments& arguments) {
  const PrepareSummary summary = prepare_source(text_of(arguments, "SOURCE"), arguments);
  if (arguments.count("json")) {
    fmt::print("{}\n", summary.json().dump(1));
  } else {
    fmt::print("{}{} people in {}.\n", summary.table().to_text(), summary.people(), human_duration(summary.seconds));
  }
  return 0;
}

}  // namespace

Command prepare_command() {
  Command command;
  command.name = "prepare";
  command.summary = "make pose files from a data set";
  command.description =
      "lsp        Leeds Sports Pose: photographs 1-1000 for --train, 1001-2000 for --test\n"
      "lspet      Leeds Sports Pose extended: 10,000 people for --train\n"
      "synthetic  drawn figures with clutter and occlusion, for --train and --validation; needs no FOLDER";
  command.positionals = {{"SOURCE", "lsp, lspet or synthetic"},
                         {"FOLDER", "of the data set: joints.mat and images/", false}};
  const auto file = [] { return po::value<std::string>()->value_name("FILE"); };
  command.options.add_options()("train", file(), "the training file to make")(
      "test", file(), "the test file to make (lsp)")("validation", file(), "the validation file to make (synthetic)")(
      "box", po::value<int>()->value_name("PIXELS"),
      "side of the network's input, a multiple of 64 (default: 256; synthetic: 128)")(
      "extent", po::value<double>()->default_value(1.75, "1.75")->value_name("X"),
      "how much larger than the box the stored crop is, so that augmentation finds pixels")(
      "train-people", po::value<std::int64_t>()->default_value(1000)->value_name("N"), "synthetic people to train on")(
      "validation-people", po::value<std::int64_t>()->default_value(300)->value_name("N"),
      "synthetic people to validate on")("seed", po::value<std::uint32_t>()->default_value(1)->value_name("N"),
                                         "of the synthetic people")(
      "threads", po::value<int>()->default_value(0)->value_name("N"), "0: one for each core")(
      "force", "replace files that exist")("json", "print the facts as JSON");
  command.examples =
      "pbn prepare synthetic --train train.h5 --validation validation.h5\n"
      "pbn prepare lsp data/lsp --box 128 --train lsp-train.h5 --test lsp-test.h5";
  command.run = prepare;
  return command;
}

}  // namespace pbn
