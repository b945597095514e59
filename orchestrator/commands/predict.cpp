#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "evaluation/overlay.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/test_options.h"
#include "orchestrator/photographs/disagreement.h"
#include "orchestrator/photographs/photograph_prediction.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

constexpr const char *found_colour = "#39ff14", *missed_colour = "#ff2d2d", *different_colour = "#ffe119";
constexpr int jpeg_quality = 92;

std::string text_of(const Arguments& arguments, const char* option) {
  return arguments.count(option) ? arguments[option].as<std::string>() : "";
}

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
    photograph = {photographs[i].file.filename().string(), photographs[i].width, photographs[i].height, {}};
    for (const std::size_t person : people[i]) photograph.people.push_back(prediction.people[person]);
  }
  write_json(file, coco_keypoints(found, prediction.parts));
}

PartColours colours_of(const CheckpointPrediction& prediction) {
  const Groups groups = prediction.groups.empty() ? resolve_groups("related-5", prediction.parts) : prediction.groups;
  return colours_by_group(prediction.parts, groups);
}

// One photograph with what one checkpoint found; `first`: it is the first of the two that were compared.
Image overlay(const Image& photograph, const CheckpointPrediction& prediction, const std::vector<std::size_t>& people,
              const std::vector<Disagreement>& disagreements, bool first) {
  Canvas canvas(photograph);
  for (const std::size_t person : people) {
    draw_person(canvas, prediction.people[person], prediction.parts, colours_of(prediction));
  }
  for (const Disagreement& one : disagreements) {
    if (std::find(people.begin(), people.end(), one.person) == people.end()) continue;
    const bool truth_is_known = one.first_finds || one.second_finds;
    const bool finds = first ? one.first_finds : one.second_finds;
    draw_circle(canvas, prediction.people[one.person], prediction.parts.index_of(one.part),
                !truth_is_known ? different_colour
                : finds         ? found_colour
                                : missed_colour);
  }
  return canvas.picture();
}

// Where the people are: around all their boxes, as Figs. 6-8 show them.
Image around_people(const Image& photograph, const CheckpointPrediction& prediction,
                    const std::vector<std::size_t>& people) {
  double left = photograph.width, top = photograph.height, right = 0, bottom = 0;
  for (const std::size_t person : people) {
    const auto& [x, y, width, height] = prediction.people[person].box;
    left = std::min(left, x);
    top = std::min(top, y);
    right = std::max(right, x + width);
    bottom = std::max(bottom, y + height);
  }
  const auto inside = [](double value, int most) { return static_cast<int>(std::clamp(value, 0.0, most - 1.0)); };
  const int x = inside(left, photograph.width), y = inside(top, photograph.height);
  return cropped(photograph, x, y, inside(right, photograph.width) - x + 1, inside(bottom, photograph.height) - y + 1);
}

void write_picture(const fs::path& file, const Image& picture) {
  write_atomically(file, file.extension() == ".png" ? encode_png(picture) : encode_jpeg(picture, jpeg_quality));
}

Json facts_of(const std::vector<Disagreement>& disagreements, const std::vector<Photograph>& photographs,
              const std::vector<PersonToFind>& people) {
  Json facts = Json::array();
  for (const Disagreement& one : disagreements) {
    facts.push_back({{"photograph", photographs[people[one.person].photograph].file.string()},
                     {"part", one.part},
                     {"first_finds", one.first_finds},
                     {"second_finds", one.second_finds}});
  }
  return facts;
}

void print_disagreements(const std::vector<Disagreement>& disagreements, const std::vector<Photograph>& photographs,
                         const std::vector<PersonToFind>& people, const CheckpointPrediction& first,
                         const CheckpointPrediction& second) {
  std::size_t only_first = 0, only_second = 0;
  for (const Disagreement& one : disagreements) {
    only_first += one.first_finds;
    only_second += one.second_finds;
    const std::string photograph = photographs[people[one.person].photograph].file.filename().string();
    const std::string who = one.first_finds ? "found by " + first.name : "found by " + second.name;
    fmt::print("{}: {} {}\n", photograph, one.part, one.first_finds || one.second_finds ? who : "differs");
  }
  fmt::print("{} parts only {} finds (left), {} only {} (right), {} where they differ and nobody knows\n", only_first,
             first.name, only_second, second.name, disagreements.size() - only_first - only_second);
}

int predict(const Arguments& arguments) {
  const std::string checkpoint = required(arguments, "checkpoint", "weights.safetensors, or a run's folder");
  const std::string other = text_of(arguments, "compare");
  weights_of(checkpoint);
  if (!other.empty()) weights_of(other);
  const Testing test = test_of(arguments);
  const double distance = fraction(arguments, "distance");
  const auto photographs = find_photographs(arguments["IMAGES"].as<std::vector<std::string>>());
  const auto people = people_to_find(photographs, text_of(arguments, "boxes"), fraction(arguments, "enlarge"));
  const auto by_photograph = people_by_photograph(photographs.size(), people);
  const fs::path out = new_folder(arguments);
  const int input = arguments["input"].as<int>();
  const bool as_json = arguments.count("json") > 0;

  const CheckpointPrediction first = predict_people(checkpoint, photographs, people, test, input, out);
  write_coco(out / "predictions.json", first, photographs, by_photograph);
  std::optional<CheckpointPrediction> second;
  std::vector<Disagreement> disagreements;
  if (!other.empty()) {
    second = predict_people(other, photographs, people, test, input, out);
    write_coco(out / "predictions-compared.json", *second, photographs, by_photograph);
    disagreements = compare(first, *second, people, distance);
    if (!as_json) print_disagreements(disagreements, photographs, people, first, *second);
  }
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    const Image photograph = read_image(photographs[i].file);
    Image picture = overlay(photograph, first, by_photograph[i], disagreements, true);
    if (second && !by_photograph[i].empty()) {
      const Image other_picture = overlay(photograph, *second, by_photograph[i], disagreements, false);
      picture = side_by_side(around_people(picture, first, by_photograph[i]),
                             around_people(other_picture, *second, by_photograph[i]), 8);
    }
    write_picture(out / photographs[i].file.filename(), picture);
  }
  if (as_json) {
    Json facts = {{"folder", out.string()}, {"people", people.size()}, {"photographs", photographs.size()}};
    if (second) facts["disagreements"] = facts_of(disagreements, photographs, people);
    print_facts(facts);
  } else {
    fmt::print("{} people in {} photographs: {}\n", people.size(), photographs.size(), out.string());
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
      "Without --boxes there is one person in each photograph, somewhere. --boxes FILE is JSON:\n"
      "  {\"a.jpg\": [[x, y, width, height], ...]}, or COCO's person_keypoints, or MPII's as HRNet has it;\n"
      "joints that it has are taken as the truth. --compare draws two checkpoints side by side, around\n"
      "the people. With truth, parts that only one of them finds have a circle, green where found and\n"
      "red where missed; without, parts on which they differ have a yellow one (Fig. 8).";
  command.positionals = {{"IMAGES", "photographs (JPEG, PNG), or folders of them", true, true}};
  command.reads = {"boxes"};
  command.options.add_options()("checkpoint", po::value<std::string>()->value_name("C"),
                                "weights.safetensors, or the folder of a finished run")(
      "out", po::value<std::string>()->value_name("DIR"), "the folder to make")(
      "compare", po::value<std::string>()->value_name("C2"), "another checkpoint to hold against the first")(
      "boxes", po::value<std::string>()->value_name("FILE"), "where the people stand")(
      "enlarge", po::value<double>()->default_value(1.25, "1.25")->value_name("X"),
      "the network's square is this much larger than a box's longer side")(
      "distance", po::value<double>()->default_value(0.05, "0.05")->value_name("X"),
      "for --compare: how far from its place a part is still found, as a share of the square's side; half a head on "
      "MPII")("input", po::value<int>()->default_value(0)->value_name("PIXELS"),
              "side of the network's input (default: what it was trained with)");
  add_test_options(command.options);
  command.options.add_options()("force", "write into a folder that is not empty");
  add_json_option(command.options);
  command.examples =
      "pbn predict --checkpoint runs/3f/3f0c77a91b20 photographs --out found\n"
      "pbn predict --checkpoint weights.safetensors a.jpg b.png --boxes boxes.json --flip --out found\n"
      "pbn predict --checkpoint plain.safetensors --compare pbn.safetensors mpii_sample \\\n"
      "    --boxes mpii_sample/test_mpii.json --out compared";
  command.run = predict;
  return command;
}

}  // namespace pbn
