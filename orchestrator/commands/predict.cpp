#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/path_text.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/prediction_pictures.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/photographs/worker_requests.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

std::string required(const Arguments& arguments, const char* option, const char* hint) {
  if (!arguments.count(option)) throw usage_error("predict", hint, "--{} is missing", option);
  return text_of(arguments, option);
}

fs::path new_folder(const Arguments& arguments) {
  const fs::path folder = required(arguments, "out", "the folder to make");
  if (fs::exists(folder) && !fs::is_empty(folder) && !arguments.count("force")) {
    throw usage_error(folder.string(), "choose another --out, or add --force to write into it", "is not empty");
  }
  make_writable_folder(folder);
  return folder;
}

double fraction(const Arguments& arguments, const char* option) {
  const double value = arguments[option].as<double>();
  if (!(value > 0)) throw usage_error(std::string("--") + option, "", "{} is not above 0", value);
  return value;
}

// The people of each photograph, by their number.
std::vector<std::vector<std::size_t>> people_by_photograph(std::size_t photographs,
                                                           const std::vector<PersonToFind>& people) {
  std::vector<std::vector<std::size_t>> by_photograph(photographs);
  for (std::size_t person = 0; person < people.size(); ++person) {
    by_photograph[people[person].photograph].push_back(person);
  }
  return by_photograph;
}

void write_coco(const fs::path& file, const CheckpointPrediction& prediction,
                const std::vector<Photograph>& photographs, const std::vector<std::vector<std::size_t>>& people) {
  std::vector<FoundPhotograph> found;
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    FoundPhotograph& photograph = found.emplace_back();
    const Photograph& shown = photographs[i];
    photograph = {shown.name, shown.width, shown.height, {}, shown.id, static_cast<int>(shown.turned_by)};
    for (const std::size_t person : people[i]) photograph.people.push_back(prediction.people[person]);
  }
  write_json(file, coco_keypoints(found, prediction.parts));
}

// The pictures with the people drawn in have the photographs' names.
void require_other_folder(const fs::path& out, const std::vector<Photograph>& photographs) {
  for (const Photograph& photograph : photographs) {
    const fs::path picture = out / photograph.file.filename();
    if (fs::exists(picture) && fs::equivalent(picture, photograph.file)) {
      throw usage_error("--out", "choose another folder", "{} would be overwritten", path_text(photograph.file));
    }
  }
}

std::size_t count_turned(const std::vector<Photograph>& photographs) {
  return static_cast<std::size_t>(std::count_if(photographs.begin(), photographs.end(), [](const Photograph& one) {
    return one.turned_by != Orientation::top_left;
  }));
}

void tell(const PhotographList& list) {
  const std::size_t turned = count_turned(list.photographs);
  if (turned > 0) {
    note(
        "{} turned upright by EXIF: boxes, joints and pictures are of the turned {} (turned_by_exif in "
        "predictions.json)",
        counted(turned, "photograph"), turned == 1 ? "one" : "ones");
  }
  for (const std::string& skipped : list.skipped) note("left out: {}", skipped);
}

// A path, or a run of the store as all commands take it. The path of its weights, or of its folder.
fs::path checkpoint_named(const Arguments& arguments, const std::string& word) {
  const bool may_be_run = word.find_first_not_of("0123456789abcdef") == std::string::npos && word.size() >= 4;
  if (fs::exists(word) || !may_be_run) return word;
  const RunStore store = store_of(arguments);
  return store.folder(run_named(store, word));
}

int predict(const Arguments& arguments) {
  const fs::path checkpoint =
      checkpoint_named(arguments, required(arguments, "checkpoint", "weights.safetensors, or a run"));
  const std::string other_word = text_of(arguments, "compare");
  const fs::path other = other_word.empty() ? fs::path() : checkpoint_named(arguments, other_word);
  weights_of(checkpoint);
  if (!other.empty()) weights_of(other);
  const Testing test = test_of(arguments);
  const double distance = fraction(arguments, "distance");
  const bool skip_bad = arguments.count("skip-bad") > 0;
  PhotographList list = find_photographs(arguments["IMAGES"].as<std::vector<std::string>>(), skip_bad);
  const auto people = people_to_find(list, text_of(arguments, "boxes"), fraction(arguments, "enlarge"), skip_bad);
  const std::vector<Photograph>& photographs = list.photographs;
  const auto by_photograph = people_by_photograph(photographs.size(), people);
  require_other_folder(required(arguments, "out", "the folder to make"), photographs);
  const fs::path out = new_folder(arguments);
  const int input = arguments["input"].as<int>();
  const bool as_json = arguments.count("json") > 0;
  tell(list);

  const CheckpointPrediction first = predict_people(checkpoint, photographs, people, test, input, out);
  write_coco(out / "predictions.json", first, photographs, by_photograph);
  std::optional<CheckpointPrediction> second;
  std::vector<Disagreement> disagreements;
  if (!other.empty()) {
    second = predict_people(other, photographs, people, test, input, out);
    write_coco(out / "predictions-compared.json", *second, photographs, by_photograph);
    disagreements = compare(first, *second, people, distance);
    if (!as_json) fmt::print("{}", disagreements_text(disagreements, photographs, people, first.name, second->name));
  }
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    write_photograph(out / photographs[i].file.filename(),
                     prediction_picture(photographs[i].read(), by_photograph[i], first, second, disagreements));
  }
  if (as_json) {
    Json facts = {{"folder", path_text(out)},
                  {"people", people.size()},
                  {"photographs", photographs.size()},
                  {"turned_by_exif", count_turned(photographs)},
                  {"skipped", list.skipped}};
    if (second) facts["disagreements"] = to_json(disagreements, photographs, people);
    print_facts(facts);
  } else {
    fmt::print("{} in {}: {}\n", counted(people.size(), "person", "people"), counted(photographs.size(), "photograph"),
               path_text(out));
  }
  return 0;
}

}  // namespace

Command predict_command() {
  Command command;
  command.name = "predict";
  command.summary = "find people in photographs with a trained network, and draw them";
  command.description =
      "Leaves in OUT the photographs with the people drawn in, limbs in the colours of the groups of\n"
      "parts and as opaque as the network is confident, and predictions.json in COCO's keypoint format.\n"
      "Photographs are turned upright as their cameras noted (EXIF), as browsers and OpenCV do; boxes,\n"
      "joints and pictures are of the turned ones. Without --boxes there is one person in each, somewhere.\n"
      "--boxes FILE is JSON, which knows photographs by the end of their path:\n"
      "  {\"a.jpg\": [[x, y, width, height], ...]}, or COCO's person_keypoints, or MPII's as HRNet has it;\n"
      "joints that it has are taken as the truth. COCO's ids and file names stay, and where its width and\n"
      "height are those of the photograph as it is stored, and only those, it is not turned. --compare draws two "
      "checkpoints side by side, around\n"
      "the people. With truth, parts that only one of them finds have a circle, green where found and\n"
      "red where missed; without, parts on which they differ have a yellow one (Fig. 8).";
  command.positionals = {{"IMAGES", "photographs (JPEG, PNG), or folders of them", true, true}};
  command.reads = {"boxes"};
  command.options.add_options()("checkpoint", po::value<std::string>()->value_name("C"),
                                "weights.safetensors, or a finished run: its folder, or the first digits of its id")(
      "out", po::value<std::string>()->value_name("DIR"), "the folder that pictures and predictions are written to")(
      "compare", po::value<std::string>()->value_name("C2"), "a second checkpoint to compare with the first")(
      "boxes", po::value<std::string>()->value_name("FILE"),
      "a file that says where the people stand (JSON, see above)")(
      "enlarge", po::value<double>()->default_value(1.25, "1.25")->value_name("X"),
      "the network's square is this much larger than a box's longer side")(
      "distance", po::value<double>()->default_value(0.05, "0.05")->value_name("X"),
      "for --compare: how far from its place a part still counts as found, as a share of the square's side; half a "
      "head on MPII")("input", po::value<int>()->default_value(0)->value_name("PIXELS"),
                      "side of the network's input (default: 0, what it was trained with)");
  add_test_options(command.options);
  command.options.add_options()("skip-bad", "leave out photographs that cannot be read, and tell which")(
      "force", "write into a folder that is not empty");
  add_store_option(command.options);
  add_json_option(command.options);
  command.examples =
      "pbn predict --checkpoint 3f0c photographs --out found\n"
      "pbn predict --checkpoint weights.safetensors a.jpg b.png --boxes boxes.json --flip --out found\n"
      "pbn predict --checkpoint plain.safetensors --compare pbn.safetensors mpii_sample \\\n"
      "    --boxes mpii_sample/test_mpii.json --out compared";
  command.takes_any_names = true;
  command.run = predict;
  return command;
}

}  // namespace pbn
