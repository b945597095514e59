#include "worker/commands/worker_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/schema.h"
#include "worker/device/versions.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

// The first word of the command line chooses a command; without one of these words pbn_worker trains.
struct CommandHelp {
  WorkerCommand command;
  const char* word;
  const char* argument;  // that stands behind the word, or null
  const char* usage;     // what it does, with an example
};

constexpr CommandHelp command_helps[] = {
    {WorkerCommand::train, "", nullptr,
     R"(pbn_worker trains one network on pose files, on as many ranks as it is started with.

  mpirun -np 8 pbn_worker --train t.h5 --validation v.h5 --out DIR [--config c.json] [--model.head pbn ...]
  mpirun -np 2 pbn_worker --run DIR      trains a run that pbn prepared: DIR/config.json holds its settings

Other commands; each has its own --help:
  pbn_worker test                        tests a finished run under another protocol
  pbn_worker try                         measures what a training would cost
  pbn_worker predict                     finds people in photographs, for pbn predict
  pbn_worker show                        draws what a network would be trained on, for pbn inspect

DIR gets ckpt/, metrics.jsonl, predictions.h5, weights.safetensors and result.json. Started again with the same
settings it goes on from its last checkpoint. SIGUSR2 saves and ends it with exit code 75; so does SIGTERM under srun
and without a launcher, while mpirun leaves only what the last checkpoint holds.
Exit codes: 0 done, 64 usage, 65 data, 69 environment, 70 a bug or no progress, 75 saved and wants to be started again.

)"},
    {WorkerCommand::test, "test", nullptr,
     R"(pbn_worker test tests a finished run again, without training, and writes into DIR/tests/PROTOCOL/.

  mpirun -np 2 pbn_worker test --run DIR --test.scales '[0.8, 1, 1.2]' --test.flip true

)"},
    {WorkerCommand::try_steps, "try", nullptr,
     R"(pbn_worker try trains a few steps, prints speed and memory as a line of JSON and writes no file.

  mpirun -np 2 pbn_worker try --config c.json --steps 2

)"},
    {WorkerCommand::predict, "predict", "REQUEST",
     R"(pbn_worker predict finds people in photographs. REQUEST is a JSON file with photographs, people and weights;
worker/commands/commands.h describes it, and `pbn predict` writes it.

  pbn_worker predict request.json --run.device cpu

)"},
    {WorkerCommand::show, "show", "REQUEST",
     R"(pbn_worker show draws the views of people that a network would be trained on. REQUEST is a JSON file;
worker/commands/commands.h describes it, and `pbn inspect --augmented` writes it.

  pbn_worker show request.json

)"}};

const CommandHelp& command_in(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  const auto* const found = std::find_if(std::begin(command_helps), std::end(command_helps),
                                         [&](const CommandHelp& help) { return word == help.word; });
  if (found != std::end(command_helps)) return *found;
  if (!word.starts_with('-')) {
    std::vector<std::string> words;
    for (const CommandHelp& help : command_helps) words.emplace_back(help.word);
    throw usage_error("", suggestion(std::string(word), words), "unknown command \"{}\"", word);
  }
  return command_helps[0];
}

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

po::options_description options_of(WorkerCommand command) {
  po::options_description work("What to do", line_length, help_length);
  work.add_options()("help,h", "print this text")("version", "print the versions of this program and its libraries");
  if (command == WorkerCommand::show) return work;
  if (command != WorkerCommand::predict)
    work.add_options()("run", po::value<std::string>()->value_name("DIR"), "a run's folder with its config.json");
  if (command == WorkerCommand::try_steps)
    work.add_options()("steps", po::value<int>()->value_name("N")->default_value(2), "how many steps to train");
  po::options_description files("Files", line_length, help_length);
  files.add_options()("config", po::value<std::string>()->value_name("FILE"),
                      "settings as JSON; options override them")(
      "train", po::value<Texts>()->multitoken()->value_name("FILES"), "pose files to train on: data.train")(
      "validation", po::value<std::string>()->value_name("FILE"), "pose file to validate on: data.validation")(
      "init", po::value<std::string>()->value_name("FILE"), "weights to start from: train.init")(
      "out", po::value<std::string>()->value_name("DIR"), "where the results go");
  po::options_description options(line_length, help_length);
  options.add(work);
  if (command != WorkerCommand::predict) options.add(files);
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

// Also beside words that are wrong: who asks for help does not see an error first.
bool asks_for(std::initializer_list<std::string_view> names, int argc, char** argv) {
  return std::any_of(argv + std::min(argc, 1), argv + argc,
                     [&](const char* word) { return std::find(names.begin(), names.end(), word) != names.end(); });
}

std::string describe_versions() {
  const Json all = program_versions();
  return fmt::format("pbn_worker {} ({})\nLibTorch {}\n{}\ninstruction set: {}\n", all.at("pbn").get<std::string>(),
                     all.at("build").get<std::string>(), all.at("libtorch").get<std::string>(),
                     all.at("mpi").get<std::string>(), all.at("instruction_set").get<std::string>());
}

// Where the settings come from, and what the options add to them.
GivenSettings given_settings(const po::variables_map& words) {
  GivenSettings given;
  given.place = "command line";
  given.is_prepared = words.count("run") > 0;
  if (words.count("run")) given.folder = words["run"].as<std::string>();
  if (words.count("out")) given.folder = words["out"].as<std::string>();
  if (words.count("config"))
    given.place = words["config"].as<std::string>();
  else if (words.count("run"))
    given.place = (given.folder / "config.json").string();
  if (words.count("config") || words.count("run")) given.values = read_json(given.place);
  overlay_options(given.values, words);
  return given;
}

void require_complete(const WorkerOptions& worker) {
  if (worker.command == WorkerCommand::try_steps) {
    if (worker.try_steps < 1)
      throw usage_error("--steps", "expected 1 or more steps", "{} is not allowed", worker.try_steps);
  } else if (worker.given.folder.empty()) {
    throw usage_error("", worker.command == WorkerCommand::test ? "add --run DIR" : "add --out DIR",
                      "nowhere to write the results");
  }
  for (const char* needed : {"data.train", "data.validation"}) {
    const Json& files = at_path(worker.given.values, needed);
    if (files.is_null() || files.empty() || files == "")
      throw usage_error(needed, "add --train FILE --validation FILE", "no pose file");
  }
}

}  // namespace

std::optional<WorkerOptions> parse_worker_options(int argc, char** argv) {
  if (asks_for({"--version"}, argc, argv)) {
    fmt::print("{}", describe_versions());
    return std::nullopt;
  }
  const bool asks_for_help = asks_for({"--help", "-h"}, argc, argv);
  if (argc <= 1)
    throw usage_error("", "see pbn_worker --help", "nothing to do: give --run DIR, or --train, --validation and --out");
  const CommandHelp& command = command_in(argc, argv);
  const po::options_description options = options_of(command.command);
  if (asks_for_help) {
    std::ostringstream text;
    text << command.usage << options;
    fmt::print("{}", text.str());
    return std::nullopt;
  }
  int words_read = *command.word ? 1 : 0;
  WorkerOptions worker;
  worker.command = command.command;
  if (command.argument) {
    if (argc < 3 || argv[2][0] == '-')
      throw usage_error(fmt::format("{} {}", command.word, command.argument),
                        fmt::format("see pbn_worker {} --help", command.word), "no file is given");
    worker.request = argv[2];
    words_read = 2;
  }
  const po::variables_map words = parse(argc - words_read, argv + words_read, options);
  if (command.argument) {
    worker.given.place = "command line";
    overlay_options(worker.given.values, words);
    return worker;
  }
  worker.given = given_settings(words);
  if (words.count("steps")) worker.try_steps = words["steps"].as<int>();
  require_complete(worker);
  return worker;
}

}  // namespace pbn
