#include "worker/worker_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/schema.h"
#include "worker/training/result.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

constexpr const char* usage = R"(pbn_worker trains one network on pose files, on as many ranks as it is started with.

  mpirun -np 8 pbn_worker --train t.h5 --validation v.h5 --out DIR [--config c.json] [--model.head pbn ...]
  mpirun -np 2 pbn_worker --run DIR      a run that pbn prepared: DIR/config.json says it all
  mpirun -np 2 pbn_worker --run DIR --test --test.scales '[0.8, 1, 1.2]' --test.flip true
                                         tests it again when it is finished, without training
  mpirun -np 2 pbn_worker --config c.json --try 2
                                         tells what it would cost: trains so many steps and writes nothing
  mpirun -np 2 pbn_worker --config c.json --scaling-model
                                         predicts how it would scale to 512 GPUs (worker/scaling_model.h)
  pbn_worker --predict REQUEST           finds people in photographs for pbn predict (worker/predict_request.h)
  pbn_worker --show REQUEST              draws what it would train on for pbn inspect (worker/show_views.h)

DIR gets ckpt/, metrics.jsonl, predictions.h5, weights.safetensors and result.json. Started again with the same
settings it goes on from its last checkpoint. SIGUSR2 saves and ends it with exit code 75; so does SIGTERM under srun
and without a launcher, while mpirun leaves only what the last checkpoint holds.
Exit codes: 0 done, 64 usage, 65 data, 69 environment, 70 a bug or no progress, 75 saved and wants to be started again.

)";

constexpr int line_length = 120, help_length = 60;

// --help's sections: the keys that belong there, by the beginnings of their paths. A key is in the first that fits.
struct Subject {
  const char* title;
  std::vector<std::string> paths;
};
const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all{
      {"Network (the paper's, but for model.stacks: it has 8 in its benchmarks and 3 in its ablations)", {"model."}},
      {"Faults", {"run.checkpoint_seconds", "run.keep_checkpoints", "run.watchdog", "train.on_nan"}},
      {"Augmentation (the paper's)", {"train.augment."}},
      {"Training (the paper's: 250 epochs in batches of 16, dropped after 170 and 220)", {"train."}},
      {"Testing", {"test."}},
      {"Execution (none of these changes what is computed, but for ranks with per-rank BatchNorm)", {"run."}},
      {"Seed", {"seed"}}};
  return all;
}

const Subject* subject_of(const std::string& path) {
  for (const Subject& subject : subjects()) {
    for (const std::string& beginning : subject.paths) {
      if (path.starts_with(beginning)) return &subject;
    }
  }
  return nullptr;
}

po::options_description options_of(const Subject& subject) {
  po::options_description options(subject.title, line_length, help_length);
  for (const Key& key : all_keys()) {
    if (subject_of(key.path) != &subject) continue;
    const std::string help =
        fmt::format("{} ({}; default {})", key.help, allowed_values(key), key.default_value.dump());
    options.add_options()(key.path.c_str(), po::value<Texts>()->value_name("X"), help.c_str());
  }
  return options;
}

po::options_description all_options() {
  po::options_description work("What to do", line_length, help_length);
  work.add_options()("help,h", "this text")("version", "of this program and what it is built with")(
      "run", po::value<std::string>()->value_name("DIR"), "a run's folder with its config.json")(
      "test", "test the finished run again, into DIR/tests/PROTOCOL/")(
      "try", po::value<int>()->value_name("STEPS"), "only train so many steps; speed and memory as a line of JSON")(
      "scaling-model", "only measure a step and sums, and predict efficiencies on clusters")(
      "step-ms", po::value<double>()->value_name("T"), "for --scaling-model: a step takes so long on one device")(
      "predict", po::value<std::string>()->value_name("FILE"), "photographs, people and weights as JSON");
  po::options_description files("Files", line_length, help_length);
  files.add_options()("config", po::value<std::string>()->value_name("FILE"),
                      "settings as JSON; options override them")(
      "train", po::value<Texts>()->multitoken()->value_name("FILES"), "pose files to train on: data.train")(
      "validation", po::value<std::string>()->value_name("FILE"), "pose file to validate on: data.validation")(
      "init", po::value<std::string>()->value_name("FILE"), "weights to start from: train.init")(
      "out", po::value<std::string>()->value_name("DIR"), "where the results go");
  po::options_description options(line_length, help_length);
  options.add(work).add(files);
  for (const Subject& subject : subjects()) options.add(options_of(subject));
  return options;
}

po::variables_map parse(int argc, char** argv, const po::options_description& options) {
  po::variables_map given;
  try {
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(argc, argv).options(options).style(style).positional({}).run(), given);
  } catch (const po::unknown_option& error) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) names.push_back("--" + option->long_name());
    throw usage_error("", suggestion(error.get_option_name(), names), "unknown option {}", error.get_option_name());
  } catch (const po::error& error) {
    throw usage_error("", "see pbn_worker --help", "{}", error.what());
  }
  return given;
}

void overlay_options(Json& settings, const po::variables_map& given) {
  for (const Key& key : all_keys()) {
    if (given.count(key.path)) set_path(settings, key.path, parse_option(key, given[key.path].as<Texts>().back()));
  }
  if (given.count("train")) set_path(settings, "data.train", given["train"].as<Texts>());
  if (given.count("init")) set_path(settings, "train.init", given["init"].as<std::string>());
  if (given.count("validation")) set_path(settings, "data.validation", given["validation"].as<std::string>());
}

// Also beside words that are wrong: who asks for help is not told of mistakes first.
bool asks_for(std::initializer_list<std::string_view> names, int argc, char** argv) {
  return std::any_of(argv + std::min(argc, 1), argv + argc,
                     [&](const char* word) { return std::find(names.begin(), names.end(), word) != names.end(); });
}

std::string describe_versions() {
  const Json all = versions();
  return fmt::format("pbn_worker {}\nLibTorch {}\n{}\ninstruction set: {}\n", all.at("pbn").get<std::string>(),
                     all.at("libtorch").get<std::string>(), all.at("mpi").get<std::string>(),
                     all.at("instruction_set").get<std::string>());
}

}  // namespace

std::optional<WorkerOptions> parse_worker_options(int argc, char** argv) {
  const po::options_description options = all_options();
  if (asks_for({"--help", "-h"}, argc, argv)) {
    std::ostringstream text;
    text << usage << options;
    fmt::print("{}", text.str());
    return std::nullopt;
  }
  if (asks_for({"--version"}, argc, argv)) {
    fmt::print("{}", describe_versions());
    return std::nullopt;
  }
  const po::variables_map given = parse(argc, argv, options);
  if (argc <= 1)
    throw usage_error("", "see pbn_worker --help", "nothing to do: give --run DIR, or --train, --validation and --out");

  WorkerOptions worker;
  worker.settings = Json::object();
  worker.settings_place = "command line";
  worker.is_prepared = given.count("run") > 0;
  worker.only_test = given.count("test") > 0;
  if (given.count("predict")) {
    worker.request = given["predict"].as<std::string>();
    overlay_options(worker.settings, given);
    return worker;
  }
  if (given.count("run")) worker.folder = given["run"].as<std::string>();
  if (given.count("out")) worker.folder = given["out"].as<std::string>();
  if (given.count("config"))
    worker.settings_place = given["config"].as<std::string>();
  else if (given.count("run"))
    worker.settings_place = (worker.folder / "config.json").string();
  if (given.count("config") || given.count("run")) worker.settings = read_json(worker.settings_place);
  overlay_options(worker.settings, given);
  worker.scaling_model = given.count("scaling-model") > 0;
  if (given.count("step-ms")) worker.step_ms = given["step-ms"].as<double>();
  if (given.count("try")) {
    worker.try_steps = given["try"].as<int>();
    if (worker.try_steps < 1)
      throw usage_error("--try", "expected 1 or more steps", "{} is not allowed", worker.try_steps);
  } else if (worker.folder.empty() && !worker.scaling_model) {
    throw usage_error("", "add --out DIR", "nowhere to write the results");
  }
  for (const char* needed : {"data.train", "data.validation"}) {
    const Json& files = at_path(worker.settings, needed);
    if (files.is_null() || files.empty() || files == "")
      throw usage_error(needed, "add --train FILE --validation FILE", "no pose file");
  }
  return worker;
}

std::string WorkerOptions::device() const {
  const Json& wanted = at_path(settings, "run.device");
  return wanted.is_string() ? wanted.get<std::string>() : "auto";
}

bool WorkerOptions::shares_devices() const {
  const Json& wanted = at_path(settings, "run.oversubscribe_devices");
  return wanted.is_boolean() && wanted.get<bool>();
}

}  // namespace pbn
