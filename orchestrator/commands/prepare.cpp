#include "data/preparing/prepare.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/suggestion.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/executors/stop_signals.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

constexpr std::array splits{"train", "validation", "test"};

template <typename Value>
std::optional<Value> value_of(const Arguments& arguments, const std::string& option) {
  if (!arguments.count(option)) return std::nullopt;
  return arguments[option].as<Value>();
}

Error wrong(const std::string& source, const std::string& hint, const std::string& problem) {
  return usage_error("prepare " + source, hint, "{}", problem);
}

// What was given must be of use: an option that is passed over would leave somebody in the belief that it counted.
void require_of_use(const Arguments& arguments, const std::string& source, const std::vector<std::string>& options,
                    const std::string& hint) {
  for (const std::string& option : options) {
    if (arguments.count(option)) throw wrong(source, hint, fmt::format("has no use for --{}", option));
  }
}

// OUT.h5 of the split that --split names, or the files of --train, --validation and --test.
std::vector<FileToMake> files_to_make(const Arguments& arguments, const std::string& source, const std::string& out,
                                      const std::string& standard_split) {
  std::vector<FileToMake> files;
  for (const char* split : splits) {
    if (arguments.count(split)) files.push_back({split, text_of(arguments, split)});
  }
  const std::string split = text_of(arguments, "split");
  if (!split.empty() && std::find(splits.begin(), splits.end(), split) == splits.end()) {
    throw wrong(source, "train, validation or test", fmt::format("\"{}\" is no split", split));
  }
  if (out.empty()) {
    if (!split.empty()) throw wrong(source, "--train, --validation and --test name files", "--split goes with OUT.h5");
    return files;
  }
  if (!files.empty()) {
    throw wrong(source, "use one or the other", fmt::format("{} and --{} both name a file", out, files[0].split));
  }
  if (!out.ends_with(".h5")) throw wrong(source, "name it OUT.h5", fmt::format("{} is no name for a pose file", out));
  return {{split.empty() ? standard_split : split, out}};
}

PrepareOptions how(const Arguments& arguments, const std::string& source, PrepareOptions options) {
  options.box_pixels = value_of<int>(arguments, "box").value_or(options.box_pixels);
  options.extent = value_of<double>(arguments, "extent").value_or(options.extent);
  options.jpeg_quality = value_of<int>(arguments, "quality").value_or(options.jpeg_quality);
  options.jobs = value_of<int>(arguments, "jobs").value_or(options.jobs);
  options.force = arguments.count("force") > 0;
  options.skip_bad = arguments.count("skip-bad") > 0;
  options.stop_requested = stop_requested;
  const std::string encoding = text_of(arguments, "encoding");
  if (encoding == "raw") {
    options.encoding = Encoding::raw;
    require_of_use(arguments, source + " --encoding raw", {"quality"}, "it is the quality of JPEGs");
  } else if (encoding == "jpeg") {
    options.encoding = Encoding::jpeg;
  } else if (!encoding.empty() && encoding != "auto") {
    throw wrong(source, "raw, jpeg or auto", fmt::format("unknown encoding \"{}\"", encoding));
  }
  return options;
}

PrepareSummary synthetic(const Arguments& arguments) {
  require_of_use(arguments, "synthetic", {"images", "annotations", "hold-out", "skip-bad"}, "people are drawn");
  if (arguments.count("OUT.h5")) throw wrong("synthetic", "people are drawn", "has no use for an INPUT");
  SyntheticOptions options;
  options.files = files_to_make(arguments, "synthetic", text_of(arguments, "INPUT"), "train");
  options.people = value_of<std::int64_t>(arguments, "people");
  options.recipe.seed = value_of<std::uint32_t>(arguments, "seed").value_or(1);
  options.recipe.occluder_rate = value_of<double>(arguments, "occlusion-rate").value_or(options.recipe.occluder_rate);
  options.recipe.pose_spread = value_of<double>(arguments, "pose-spread").value_or(options.recipe.pose_spread);
  options.how = how(arguments, "synthetic", options.how);
  return prepare_synthetic(options);
}

DataSetPlace place_of(const Arguments& arguments, const DataSet& data_set) {
  if (!arguments.count("INPUT")) {
    throw wrong(data_set.name, data_set.description, fmt::format("{} is missing", data_set.input));
  }
  if (!data_set.has_images_apart) {
    require_of_use(arguments, data_set.name, {"images"}, "its photographs are in FOLDER/images");
  } else if (!arguments.count("images")) {
    throw wrong(data_set.name, "it holds the photographs", "--images DIR is missing");
  }
  if (!data_set.can_be_corrected) {
    require_of_use(arguments, data_set.name, {"annotations"}, "they replace the joints of lsp");
  }
  if (arguments.count("images")) require_file(text_of(arguments, "images"));
  require_file(text_of(arguments, "INPUT"));
  if (arguments.count("annotations")) require_file(text_of(arguments, "annotations"));
  return {text_of(arguments, "INPUT"), text_of(arguments, "images"), text_of(arguments, "annotations")};
}

PrepareSummary photographs(const Arguments& arguments, const DataSet& data_set) {
  require_of_use(arguments, data_set.name, {"people", "occlusion-rate", "pose-spread"}, "it is for synthetic people");
  PhotographOptions options;
  options.data_set = &data_set;
  options.place = place_of(arguments, data_set);
  const std::string hold_out = text_of(arguments, "hold-out");
  if (hold_out.starts_with("list:")) require_file(hold_out.substr(5));
  if (!hold_out.starts_with("fraction:")) {
    require_of_use(arguments, data_set.name, {"seed"}, "it draws synthetic people and --hold-out fraction:F");
  }
  const bool is_one_split = data_set.splits.empty() && hold_out.empty();
  options.files = files_to_make(arguments, data_set.name, text_of(arguments, "OUT.h5"), is_one_split ? "" : "train");
  options.how = how(arguments, data_set.name, options.how);
  if (!hold_out.empty()) {
    options.hold_out = parse_hold_out(hold_out, value_of<std::uint32_t>(arguments, "seed").value_or(1));
  }
  return prepare_photographs(options);
}

std::vector<std::string> source_names() {
  std::vector<std::string> names{"synthetic"};
  for (const DataSet& set : data_sets()) names.push_back(set.name);
  return names;
}

int prepare(const Arguments& arguments) {
  const std::string source = text_of(arguments, "SOURCE");
  const DataSet* data_set = find_data_set(source);
  if (!data_set && source != "synthetic") {
    throw usage_error("prepare", suggestion(source, source_names()), "unknown source \"{}\"", source);
  }
  const StopSignals signals;  // Ctrl-C ends the work at the next person, and the half-made file is cleared away
  const PrepareSummary summary = data_set ? photographs(arguments, *data_set) : synthetic(arguments);
  arguments.count("json") ? print_facts(summary.json())
                          : fmt::print("{}", log_level() == LogLevel::quiet ? summary.table() : summary.text());
  return 0;
}

std::string sources() {
  std::string text;
  for (const DataSet& set : data_sets()) {
    text += fmt::format("{:<12} {:<7} {}{}\n", set.name, set.input, set.description,
                        set.has_images_apart ? "; with --images DIR" : "");
  }
  return text + "synthetic            drawn figures with clutter and occlusion, from nothing";
}

void add_options(OptionsDescription& options) {
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto number = [](const char* name) { return po::value<int>()->value_name(name); };
  const auto real = [](const char* name) { return po::value<double>()->value_name(name); };
  options.add_options()("split", text("SPLIT"),
                        "the split that OUT.h5 holds: train, validation or test (default: train)");
  options.add_options()("train", text("FILE"), "the training file to make, instead of OUT.h5");
  options.add_options()("validation", text("FILE"), "the validation file to make beside that of --train");
  options.add_options()("test", text("FILE"), "the test file to make beside that of --train");
  options.add_options()("hold-out", text("WHO"),
                        "people of the training split who are the validation split: list:FILE (Newell's valid.h5, or "
                        "a text with \"im0001.jpg\" or \"im0001.jpg 0\" in a line; in folders: \"x/im0001.jpg\"), "
                        "range:A-B (from 1), or fraction:F of the photographs");
  options.add_options()("images", text("DIR"), "the folder of the photographs");
  options.add_options()("annotations", text("FILE"), "lsp: corrected joints instead of FOLDER/joints.mat");
  options.add_options()("box", number("PIXELS"),
                        "side of the network's input, a multiple of 64 (default: 256; synthetic: 128)");
  options.add_options()("extent", real("X"),
                        "how much larger than the box the stored crop is, so that augmentation finds pixels "
                        "(default: 1.75)");
  options.add_options()("encoding", text("raw|jpeg|auto"),
                        "how the crops are stored; auto (default): as JPEG above 2 GB of pixels, else raw");
  options.add_options()("quality", number("N"), "quality of crops that are stored as JPEG, 1 to 100 (default: 95)");
  options.add_options()("skip-bad",
                        "leave out people whose photograph cannot be read or has another size than is annotated, "
                        "and tell who they were");
  options.add_options()("people", po::value<std::int64_t>()->value_name("N"),
                        "synthetic: people of a file (default: 1000 to train, else 300)");
  options.add_options()("occlusion-rate", real("R"), "synthetic: share of people behind something (default: 0.5)");
  options.add_options()("pose-spread", real("S"), "synthetic: how far poses vary, 0 to 2 (default: 1)");
  options.add_options()("seed", po::value<std::uint32_t>()->value_name("N"),
                        "seed of synthetic people and of --hold-out fraction (default: 1)");
  options.add_options()("jobs", number("N"), "threads that prepare crops (default: 0, one for each core)");
  options.add_options()("force", "replace files that exist");
  add_json_option(options);
}

}  // namespace

Command prepare_command() {
  Command command;
  command.name = "prepare";
  command.summary = "make pose files from a data set";
  command.description = sources();
  command.positionals = {{"SOURCE", "the kind of data set, one of those below", true, false, source_names()},
                         {"INPUT", "the data set: MAT, H5, JSON or FOLDER; none for synthetic", false},
                         {"OUT.h5", "the pose file to make", false}};
  add_options(command.options);
  command.examples =
      "pbn prepare mpii mpii_human_pose_v1_u12_1.mat --images images --hold-out list:valid.h5 \\\n"
      "    --train mpii-train.h5 --validation mpii-validation.h5\n"
      "pbn prepare mpii mpii_human_pose_v1_u12_1.mat --images images mpii-test.h5 --split test\n"
      "pbn prepare mpii-newell annot/valid.h5 --images images mpii-validation.h5\n"
      "pbn prepare mpii-json annot/train.json --images images mpii-train.h5 --split train\n"
      "pbn prepare lsp lsp --train lsp-train.h5 --test lsp-test.h5\n"
      "pbn prepare lspet lspet lspet.h5 --encoding jpeg\n"
      "pbn prepare coco person_keypoints_val2017.json --images val2017 coco.h5 --skip-bad\n"
      "pbn prepare synthetic --train train.h5 --validation validation.h5 --occlusion-rate 0.8";
  command.run = prepare;
  return command;
}

}  // namespace pbn
