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

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;

// What the command line asks for.
struct PredictionRequest {
  fs::path checkpoint, second_checkpoint;  // the second may be empty
  config::TestProtocol test;
  int input_pixels = 0;
  double distance = 0;
  photographs::PhotographList list;
  std::vector<photographs::PersonToFind> people;
  std::vector<std::vector<std::size_t>> people_by_photograph;  // their indices in `people`
  fs::path out;
  std::optional<executors::Container> container;
};

std::string required(const Arguments& arguments, const char* option, const char* hint) {
  if (!arguments.has(option)) throw usage_error("predict", hint, "--{} is missing", option);
  return arguments.text(option);
}

double positive(const Arguments& arguments, const std::string& option) {
  const auto value = arguments.number<double>(option);
  if (!(value > 0)) throw usage_error("--" + option, "", "{} is not above 0", value);
  return value;
}

// A path, or the folder of a run of the store. Throws a usage error where there are no weights.
fs::path checkpoint_named(const Arguments& arguments, const std::string& word) {
  const bool may_be_run = word.find_first_not_of("0123456789abcdef") == std::string::npos && word.size() >= 4;
  fs::path checkpoint = word;
  if (!fs::exists(word) && may_be_run) {
    const runs::RunStore store = store_of(arguments);
    checkpoint = store.folder(run_named(store, word));
  }
  photographs::weights_of(checkpoint);
  return checkpoint;
}

// The pictures with the people drawn in have the names of the photographs.
void require_other_folder(const fs::path& out, const std::vector<photographs::Photograph>& photographs) {
  for (const photographs::Photograph& photograph : photographs) {
    const fs::path picture = out / photograph.file.filename();
    if (fs::exists(picture) && fs::equivalent(picture, photograph.file)) {
      throw usage_error("--out", "choose another folder", "{} would be overwritten", path_text(photograph.file));
    }
  }
}

PredictionRequest read_request(const Arguments& arguments) {
  PredictionRequest request;
  request.checkpoint =
      checkpoint_named(arguments, required(arguments, "checkpoint", "name weights.safetensors, or a run"));
  if (arguments.has("compare")) request.second_checkpoint = checkpoint_named(arguments, arguments.text("compare"));
  request.test = test_protocol_of(arguments);
  request.container = container_of(arguments);
  request.distance = positive(arguments, "distance");
  request.input_pixels = arguments.number<int>("input");
  request.list = photographs::find_photographs(arguments.texts("IMAGES"), arguments.has("skip-bad"));
  request.people = photographs::people_to_find(request.list, arguments.text("boxes"), positive(arguments, "enlarge"),
                                               arguments.has("skip-bad"));
  request.people_by_photograph.resize(request.list.photographs.size());
  for (std::size_t person = 0; person < request.people.size(); ++person) {
    request.people_by_photograph[request.people[person].photograph].push_back(person);
  }
  request.out = required(arguments, "out", "name the folder to write into");
  require_other_folder(request.out, request.list.photographs);
  if (fs::exists(request.out) && !fs::is_empty(request.out) && !arguments.has("force")) {
    throw usage_error(request.out.string(), "choose another --out, or add --force to write into it", "is not empty");
  }
  make_writable_folder(request.out);
  return request;
}

std::int64_t count_turned(const std::vector<photographs::Photograph>& photographs) {
  return std::ranges::count_if(photographs, [](const photographs::Photograph& photograph) {
    return photograph.turned_by != data::Orientation::top_left;
  });
}

void note_turned_and_skipped(const photographs::PhotographList& list) {
  if (const auto turned = count_turned(list.photographs); turned > 0) {
    note(
        "{} turned upright by EXIF; boxes, joints and pictures refer to the turned photographs (turned_by_exif in "
        "predictions.json)",
        counted(turned, "photograph"));
  }
  for (const std::string& skipped : list.skipped) note("left out: {}", skipped);
}

// Finds the people with a checkpoint and writes them into `file` in COCO's format.
photographs::CheckpointPrediction predict_with(const fs::path& checkpoint, const PredictionRequest& request,
                                               const char* file) {
  const std::vector<photographs::Photograph>& photographs = request.list.photographs;
  photographs::CheckpointPrediction prediction = photographs::predict_people(
      checkpoint, photographs, request.people, request.test, request.input_pixels, request.out, request.container);
  std::vector<evaluation::FoundPhotograph> found;
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    const photographs::Photograph& shown = photographs[i];
    found.push_back({shown.name, shown.width, shown.height, {}, shown.id, static_cast<int>(shown.turned_by)});
    for (const std::size_t person : request.people_by_photograph[i]) {
      found.back().people.push_back(prediction.people[person]);
    }
  }
  write_json(request.out / file, evaluation::coco_keypoints(found, prediction.parts));
  return prediction;
}

int predict(const Arguments& arguments) {
  const PredictionRequest request = read_request(arguments);
  const std::vector<photographs::Photograph>& photographs = request.list.photographs;
  note_turned_and_skipped(request.list);
  const photographs::CheckpointPrediction first = predict_with(request.checkpoint, request, "predictions.json");
  std::optional<photographs::CheckpointPrediction> second;
  std::vector<photographs::Disagreement> disagreements;
  if (!request.second_checkpoint.empty()) {
    second = predict_with(request.second_checkpoint, request, "predictions-compared.json");
    disagreements = photographs::compare(first, *second, request.people, request.distance);
  }
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    write_photograph(
        request.out / photographs[i].file.filename(),
        prediction_picture(photographs[i].read(), request.people_by_photograph[i], first, second, disagreements));
  }
  if (arguments.has("json")) {
    Json facts = {{"folder", path_text(request.out)},
                  {"people", request.people.size()},
                  {"photographs", photographs.size()},
                  {"turned_by_exif", count_turned(photographs)},
                  {"skipped", request.list.skipped}};
    if (second) facts["disagreements"] = photographs::to_json(disagreements, photographs, request.people);
    print_facts(facts);
    return 0;
  }
  if (second)
    fmt::print("{}",
               photographs::disagreements_text(disagreements, photographs, request.people, first.name, second->name));
  fmt::print("{} in {}: {}\n", counted(request.people.size(), "person", "people"),
             counted(photographs.size(), "photograph"), path_text(request.out));
  return 0;
}

}  // namespace

Command predict_command() {
  return {
      .name = "predict",
      .summary = "find people in photographs with a trained network, and draw them",
      .description =
          R"(Writes into DIR the photographs with the people drawn in, and predictions.json in COCO's keypoint format.
Limbs have the colours of the groups of parts and are as opaque as the network is confident. Photographs are
turned upright by their EXIF orientation, as browsers and OpenCV do; boxes, joints and pictures refer to the
turned ones. Without --boxes each photograph is searched for one person.

--boxes FILE is JSON that names photographs by the ends of their paths:
  {"a.jpg": [[x, y, width, height], ...]}, or COCO's person_keypoints, or MPII's as HRNet has it.
Joints in this file are taken as the truth. COCO's ids and file names are kept; a photograph whose stored width
and height are COCO's, but whose turned ones are not, is not turned.

--compare draws two checkpoints side by side, cut around the people. With truth, a part that only one of them
finds has a circle, green where found and red where missed; without truth, a part on which they differ has a
yellow one (Fig. 8).)",
      .positionals = {{"IMAGES", "photographs (JPEG, PNG), or folders of them", true, true}},
      .options = joined(
          {{{"checkpoint", "C", "weights.safetensors, or a finished run: its folder, or the first digits of its id"},
            {"out", "DIR", "the folder that pictures and predictions are written into"},
            {"compare", "C2", "a second checkpoint to compare with the first"},
            {"boxes", "FILE", "the boxes of the people in the photographs, as JSON (see above)"},
            {"enlarge", "X", "side of the square that the network sees, relative to a box's longer side", "1.25"},
            {"distance", "X",
             "for --compare: largest distance of a found part from its true place, relative to the square's side; "
             "0.05 is half a head on MPII",
             "0.05"},
            {"input", "PIXELS", "side of the network's input; 0: that of its training", "0"}},
           test_options(),
           {container_option,
            {"skip-bad", "", "leave out photographs that cannot be read, and name them"},
            {"force", "", "write into DIR even if it is not empty"},
            store_option,
            json_option}}),
      .examples = R"(pbn predict --checkpoint 3f0c photographs --out found
pbn predict --checkpoint weights.safetensors a.jpg b.png --boxes boxes.json --flip --out found
pbn predict --checkpoint 3f0c photographs --out found --container my-container.yaml
pbn predict --checkpoint plain.safetensors --compare pbn.safetensors mpii_sample \
    --boxes mpii_sample/test_mpii.json --out compared)",
      .run = predict,
      .input_files = {"boxes", "container"},
      .takes_any_names = true};
}

}  // namespace pbn::commands
