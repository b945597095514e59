#include "data/preparing/prepare.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/suggestion.h"
#include "data/sources/whole_body.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/executors/stop_signals.h"

namespace pbn::commands {
namespace {

constexpr std::array splits{"train", "validation", "test"};

Error prepare_error(const std::string& source, const std::string& hint, const std::string& problem) {
  return usage_error("prepare " + source, hint, "{}", problem);
}

// Refuses options that the source has no use for: ignored, they would seem to have had an effect.
void require_absent(const Arguments& arguments, const std::string& source, const std::vector<std::string>& options,
                    const std::string& hint) {
  for (const std::string& option : options) {
    if (arguments.has(option)) throw prepare_error(source, hint, fmt::format("has no use for --{}", option));
  }
}

// OUT.h5 of the split that --split names, or the files of --train, --validation and --test.
std::vector<data::FileToMake> files_to_make(const Arguments& arguments, const std::string& source,
                                            const std::string& out, const std::string& default_split) {
  std::vector<data::FileToMake> files;
  for (const char* split : splits) {
    if (arguments.has(split)) files.push_back({split, arguments.text(split)});
  }
  const std::string split = arguments.text("split");
  if (!split.empty() && std::ranges::find(splits, split) == splits.end()) {
    throw prepare_error(source, "train, validation or test", fmt::format("unknown split \"{}\"", split));
  }
  if (out.empty()) {
    if (split.empty()) return files;
    throw prepare_error(source, "--train, --validation and --test name files", "--split goes with OUT.h5");
  }
  if (!files.empty()) {
    throw prepare_error(source, "use one or the other",
                        fmt::format("{} and --{} both name a file", out, files[0].split));
  }
  if (!out.ends_with(".h5")) {
    throw prepare_error(source, "name it OUT.h5", fmt::format("{} does not end in .h5", out));
  }
  return {{split.empty() ? default_split : split, out}};
}

data::PrepareOptions options_of(const Arguments& arguments, const std::string& source, data::PrepareOptions options) {
  options.box_pixels = arguments.number_or(options.box_pixels, "box");
  options.extent = arguments.number_or(options.extent, "extent");
  options.jpeg_quality = arguments.number_or(options.jpeg_quality, "quality");
  options.jobs = arguments.number_or(options.jobs, "jobs");
  options.force = arguments.has("force");
  options.skip_bad = arguments.has("skip-bad");
  options.stop_requested = executors::stop_requested;
  const std::string encoding = arguments.text("encoding");
  if (encoding == "raw") {
    options.encoding = data::Encoding::raw;
    require_absent(arguments, source + " --encoding raw", {"quality"}, "it is the quality of JPEGs");
  } else if (encoding == "jpeg") {
    options.encoding = data::Encoding::jpeg;
  } else if (!encoding.empty() && encoding != "auto") {
    throw prepare_error(source, "raw, jpeg or auto", fmt::format("unknown encoding \"{}\"", encoding));
  }
  return options;
}

data::PrepareSummary synthetic(const Arguments& arguments) {
  require_absent(arguments, "synthetic",
                 {"images", "annotations", "hold-out", "skip-bad", "as", "category", "skeleton", "part"},
                 "people are drawn");
  if (arguments.has("OUT.h5")) throw prepare_error("synthetic", "people are drawn", "has no use for an INPUT");
  data::SyntheticOptions options;
  options.files = files_to_make(arguments, "synthetic", arguments.text("INPUT"), "train");
  if (arguments.has("people")) options.people = arguments.number<std::int64_t>("people");
  options.recipe.seed = arguments.number_or<std::uint32_t>(1, "seed");
  options.recipe.occluder_rate = arguments.number_or(options.recipe.occluder_rate, "occlusion-rate");
  options.recipe.pose_spread = arguments.number_or(options.recipe.pose_spread, "pose-spread");
  options.how = options_of(arguments, "synthetic", options.how);
  return data::prepare_synthetic(options);
}

data::DataSetPlace place_of(const Arguments& arguments, const data::DataSet& data_set) {
  if (!arguments.has("INPUT")) {
    throw prepare_error(data_set.name, data_set.description, fmt::format("{} is missing", data_set.input));
  }
  if (!data_set.has_images_apart) {
    require_absent(arguments, data_set.name, {"images"}, "its photographs are in FOLDER/images");
  } else if (!arguments.has("images")) {
    throw prepare_error(data_set.name, "it holds the photographs", "--images DIR is missing");
  }
  if (!data_set.has_own_skeletons) {
    require_absent(arguments, data_set.name, {"as", "category", "skeleton", "part"}, "they are for coco");
  }
  if (const std::string as = arguments.text("as"); !as.empty() && as != "lsp14" && as != "own") {
    throw prepare_error(data_set.name, "lsp14 or own", fmt::format("--as {} is not known", as));
  }
  if (arguments.text("as") == "lsp14") {
    require_absent(arguments, data_set.name + " --as lsp14", {"category", "skeleton"}, "they go with --as own");
  }
  if (arguments.has("part")) {
    data::whole_body_part(arguments.text("part"));  // throws for an unknown one
    require_absent(arguments, data_set.name + " --part", {"as", "category", "skeleton"}, "a part has its own skeleton");
  }
  if (!data_set.can_be_corrected) {
    require_absent(arguments, data_set.name, {"annotations"}, "they replace the joints of lsp");
  }
  for (const char* file : {"images", "INPUT", "annotations", "skeleton"}) {
    if (arguments.has(file)) require_file(arguments.text(file));
  }
  return {arguments.text("INPUT"),    arguments.text("images"),   arguments.text("annotations"), arguments.text("as"),
          arguments.text("category"), arguments.text("skeleton"), arguments.text("part")};
}

data::PrepareSummary photographs(const Arguments& arguments, const data::DataSet& data_set) {
  require_absent(arguments, data_set.name, {"people", "occlusion-rate", "pose-spread"}, "it is for synthetic people");
  data::PhotographOptions options;
  options.data_set = &data_set;
  options.place = place_of(arguments, data_set);
  const std::string hold_out = arguments.text("hold-out");
  if (hold_out.starts_with("list:")) require_file(hold_out.substr(5));
  if (!hold_out.starts_with("fraction:")) {
    require_absent(arguments, data_set.name, {"seed"}, "it is for synthetic people and --hold-out fraction:F");
  }
  const bool has_one_split = data_set.splits.empty() && hold_out.empty();
  options.files = files_to_make(arguments, data_set.name, arguments.text("OUT.h5"), has_one_split ? "" : "train");
  options.how = options_of(arguments, data_set.name, options.how);
  if (!hold_out.empty())
    options.hold_out = data::parse_hold_out(hold_out, arguments.number_or<std::uint32_t>(1, "seed"));
  return data::prepare_photographs(options);
}

std::vector<std::string> source_names() {
  std::vector<std::string> names{"synthetic"};
  for (const data::DataSet& set : data::data_sets()) names.push_back(set.name);
  return names;
}

int prepare(const Arguments& arguments) {
  const std::string source = arguments.text("SOURCE");
  const data::DataSet* data_set = data::find_data_set(source);
  if (!data_set && source != "synthetic") {
    throw usage_error("prepare", suggestion(source, source_names()), "unknown source \"{}\"", source);
  }
  const executors::StopSignals signals;  // Ctrl-C stops at the next person and removes the half-made file
  const data::PrepareSummary summary = data_set ? photographs(arguments, *data_set) : synthetic(arguments);
  arguments.has("json") ? print_facts(summary.json())
                        : fmt::print("{}", log_level() == LogLevel::quiet ? summary.table() : summary.text());
  return 0;
}

std::string sources_in_words() {
  std::string text = "Cuts the people out of a data set and writes pose files, which trainings read. The sources:\n\n";
  for (const data::DataSet& set : data::data_sets()) {
    text += fmt::format("{:<12} {:<7} {}{}\n", set.name, set.input, set.description,
                        set.has_images_apart ? "; with --images DIR" : "");
  }
  return text + "synthetic            drawn figures with clutter and occlusion, without any input";
}

Options prepare_options() {
  return {
      {"split", "SPLIT", "the split that OUT.h5 holds: train, validation or test (default: train)"},
      {"train", "FILE", "the training file to write, instead of OUT.h5"},
      {"validation", "FILE", "the validation file to write, beside that of --train"},
      {"test", "FILE", "the test file to write, beside that of --train"},
      {"hold-out", "WHO",
       "people of the training split that become the validation split: list:FILE (Newell's valid.h5, or a text with "
       "lines such as im0001.jpg, or im0001.jpg 0 for its first person; in folders x/im0001.jpg), range:A-B (from 1), "
       "or fraction:F of the photographs"},
      {"images", "DIR", "the folder of the photographs"},
      {"annotations", "FILE", "lsp: corrected joints instead of FOLDER/joints.mat"},
      {"as", "lsp14|own",
       "coco: parts of Leeds Sports Pose, or those that the file names (default: lsp14 if it has people with all "
       "limbs)"},
      {"category", "NAME", "coco: the category to read, where categories have different keypoints"},
      {"skeleton", "FILE",
       "coco: JSON that replaces parts of the file's own skeleton, such as {\"mirror\": [[\"wing-1\", \"wing-2\"]], "
       "\"reference\": [\"beak\", \"tail\"]} (docs/file-formats.md)"},
      {"part", "PART",
       "coco: what to read of COCO-WholeBody's people: body, feet, face, left-hand, right-hand or whole (133 parts)"},
      {"box", "PIXELS", "side of the network's input, a multiple of 64 (default: 256; synthetic: 128)"},
      {"extent", "X",
       "side of the stored crop relative to the box; the margin gives augmentation its pixels (default: 1.75)"},
      {"encoding", "raw|jpeg|auto", "format of the crops; auto (default): JPEG above 2 GB of pixels, else raw"},
      {"quality", "N", "quality of crops that are stored as JPEG, 1 to 100 (default: 95)"},
      {"skip-bad", "",
       "leave out people whose photograph cannot be read or has another size than the annotation says, and name them"},
      {"people", "N", "synthetic: number of people in each file (default: 1000 for training, else 300)"},
      {"occlusion-rate", "R", "synthetic: share of people behind something (default: 0.5)"},
      {"pose-spread", "S", "synthetic: how far poses vary, 0 to 2 (default: 1)"},
      {"seed", "N", "seed of synthetic people and of --hold-out fraction (default: 1)"},
      {"jobs", "N", "number of threads that prepare crops (default: 0, one for each core)"},
      {"force", "", "replace files that exist"},
      json_option};
}

}  // namespace

Command prepare_command() {
  return {.name = "prepare",
          .summary = "make pose files from a data set",
          .description = sources_in_words(),
          .positionals = {{"SOURCE", "the kind of data set, one of those below", true, false, source_names()},
                          {"INPUT", "the data set: a MAT, H5 or JSON file or a FOLDER; none for synthetic", false},
                          {"OUT.h5", "the pose file to write", false}},
          .options = prepare_options(),
          .examples = R"(pbn prepare mpii mpii_human_pose_v1_u12_1.mat --images images --hold-out list:valid.h5 \
    --train mpii-train.h5 --validation mpii-validation.h5
pbn prepare mpii mpii_human_pose_v1_u12_1.mat --images images mpii-test.h5 --split test
pbn prepare mpii-newell annot/valid.h5 --images images mpii-validation.h5
pbn prepare mpii-json annot/train.json --images images mpii-train.h5 --split train
pbn prepare lsp lsp --train lsp-train.h5 --test lsp-test.h5
pbn prepare lspet lspet lspet.h5 --encoding jpeg
pbn prepare coco person_keypoints_val2017.json --images val2017 coco.h5 --skip-bad
pbn prepare coco ap10k-train-split1.json --images data animals.h5
pbn prepare coco hands.json --images hands hands.h5 --skeleton hand.json
pbn prepare coco coco_wholebody_val_v1.0.json --images val2017 faces.h5 --part face
pbn prepare synthetic --train train.h5 --validation validation.h5 --occlusion-rate 0.8)",
          .run = prepare};
}

}  // namespace pbn::commands
