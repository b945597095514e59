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

namespace pbn::worker {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

// The first word of the command line selects the command; without such a word pbn_worker trains.
struct CommandHelp {
  WorkerCommand command;
  const char* word;
  const char* argument;  // required after the word, or null
  const char* usage;     // description with an example
};

constexpr CommandHelp command_helps[] = {
    {WorkerCommand::train, "", nullptr,
     R"(pbn_worker trains one network on pose files, on as many ranks as are started.

  mpirun -np 8 pbn_worker --train t.h5 --validation v.h5 --out DIR [--config c.json] [--model.head pbn ...]
  mpirun -np 2 pbn_worker --run DIR      trains a run that pbn prepared: DIR/config.json holds its settings

Other commands; each has its own --help:
  pbn_worker test                        tests a finished run under another protocol
  pbn_worker try                         measures speed and memory of a training
  pbn_worker self-test                   compares the kernels of the GPU, or of the processor, with LibTorch's
  pbn_worker predict                     finds people in photographs, for pbn predict
  pbn_worker show                        draws augmented training images, for pbn inspect
  pbn_worker onnx                        writes a network as an ONNX file, for pbn convert

DIR receives ckpt/, metrics.jsonl, predictions.h5, weights.safetensors and result.json. Started again with the same
settings, pbn_worker continues from the last checkpoint. SIGUSR2 makes it save a checkpoint and exit with code 75, as
does SIGTERM under srun and without a launcher. After SIGTERM to mpirun only the last checkpoint remains.
Exit codes: 0 done, 64 usage, 65 data, 69 environment, 70 a bug or no progress, 75 stopped with a checkpoint.

)"},
    {WorkerCommand::test, "test", nullptr,
     R"(pbn_worker test tests a finished run under another protocol and writes to DIR/tests/PROTOCOL/.

  mpirun -np 2 pbn_worker test --run DIR --test.scales '[0.8, 1, 1.2]' --test.flip true

)"},
    {WorkerCommand::try_steps, "try", nullptr,
     R"(pbn_worker try trains a few steps, prints speed and memory as a line of JSON and writes no file.

  mpirun -np 2 pbn_worker try --config c.json --steps 2

)"},
    {WorkerCommand::self_test, "self-test", nullptr,
     R"(pbn_worker self-test compares our own kernels with LibTorch's and with float64, for every operation of the network and
shapes of the paper's, forward and backward, and prints errors and times. It takes about a minute on a GPU. An own kernel
is right if it errs at most twice as much as LibTorch's, and by two roundings more. Exit code 65 if one is wrong. Where
all are right on your GPU, --run.kernels own may train with them.

  pbn_worker self-test --run.device cuda

)"},
    {WorkerCommand::predict, "predict", "REQUEST",
     R"(pbn_worker predict finds people in photographs. REQUEST is a JSON file with photographs, people and weights;
worker/commands/commands.h describes it, and `pbn predict` writes it.

  pbn_worker predict request.json --run.device cpu

)"},
    {WorkerCommand::show, "show", "REQUEST",
     R"(pbn_worker show draws people as a network sees them in training. REQUEST is a JSON file;
worker/commands/commands.h describes it, and `pbn inspect --augmented` writes it.

  pbn_worker show request.json

)"},
    {WorkerCommand::onnx, "onnx", "REQUEST",
     R"(pbn_worker onnx writes a network as an ONNX file. REQUEST is a JSON file;
worker/commands/commands.h describes it, and `pbn convert --onnx` writes it.

  pbn_worker onnx request.json

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

// A section of --help: the keys whose paths begin with one of the prefixes and that no earlier section has.
struct HelpSection {
  const char* title;
  std::vector<std::string> prefixes;
};
const std::vector<HelpSection>& help_sections() {
  static const std::vector<HelpSection> all{
      {"Network (default values of the paper, except model.stacks: 8 in its benchmarks, 3 in its ablations)",
       {"model."}},
      {"Faults", {"run.checkpoint_seconds", "run.keep_checkpoints", "run.watchdog", "train.on_nan"}},
      {"Augmentation (default values of the paper)", {"train.augment."}},
      {"Training (in the paper: 250 epochs, batches of 16, drops of the learning rate after epochs 170 and 220)",
       {"train."}},
      {"Testing", {"test."}},
      {"Execution (changes no results, except by run.ranks, run.kernels, run.weight_gradients)", {"run."}},
      {"Seed", {"seed"}}};
  return all;
}

const HelpSection* section_of(const std::string& path) {
  for (const HelpSection& section : help_sections()) {
    for (const std::string& prefix : section.prefixes) {
      if (path.starts_with(prefix)) return &section;
    }
  }
  return nullptr;
}

po::options_description options_of(const HelpSection& section) {
  po::options_description options(section.title, line_length, help_length);
  for (const config::Key& key : config::all_keys()) {
    if (section_of(key.path) != &section) continue;
    const std::string help =
        fmt::format("{} ({}; default {})", key.help, config::allowed_values(key), key.default_value.dump());
    options.add_options()(key.path.c_str(), po::value<Texts>()->value_name("X"), help.c_str());
  }
  return options;
}

po::options_description options_of(WorkerCommand command) {
  po::options_description general("General", line_length, help_length);
  general.add_options()("help,h", "print this text")("version", "print the versions of this program and its libraries");
  if (command == WorkerCommand::show || command == WorkerCommand::onnx) return general;
  if (command == WorkerCommand::self_test) {
    general.add_options()("quick", "small shapes alone, some seconds on a processor")(
        "people", po::value<int>()->value_name("N"),
        "images in a batch (default 16; 2 on a processor or with --quick)")("json", "print the comparisons as JSON")(
        "run.device", po::value<Texts>()->value_name("X"), config::find_key("run.device")->help.c_str());
    return general;
  }
  if (command != WorkerCommand::predict)
    general.add_options()("run", po::value<std::string>()->value_name("DIR"), "folder of a run, with its config.json");
  if (command == WorkerCommand::try_steps)
    general.add_options()("steps", po::value<int>()->value_name("N"),
                          "number of training steps (default 2; on a GPU 12, since it records the fourth)");
  po::options_description files("Files", line_length, help_length);
  files.add_options()("config", po::value<std::string>()->value_name("FILE"),
                      "settings as JSON; options override these")(
      "train", po::value<Texts>()->multitoken()->value_name("FILES"), "pose files for training (data.train)")(
      "validation", po::value<std::string>()->value_name("FILE"), "pose file for validation (data.validation)")(
      "init", po::value<std::string>()->value_name("FILE"), "initial weights (train.init)")(
      "out", po::value<std::string>()->value_name("DIR"), "folder for the results");
  po::options_description options(line_length, help_length);
  options.add(general);
  if (command != WorkerCommand::predict) options.add(files);
  for (const HelpSection& section : help_sections()) options.add(options_of(section));
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
  for (const config::Key& key : config::all_keys()) {
    if (given.count(key.path))
      set_path(settings, key.path, config::parse_option(key, given[key.path].as<Texts>().back()));
  }
  if (given.count("train")) set_path(settings, "data.train", given["train"].as<Texts>());
  if (given.count("init")) set_path(settings, "train.init", given["init"].as<std::string>());
  if (given.count("validation")) set_path(settings, "data.validation", given["validation"].as<std::string>());
}

// Looks at all words, even after a wrong one, so that a request for help never ends in an error.
bool requests(std::initializer_list<std::string_view> names, int argc, char** argv) {
  return std::any_of(argv + std::min(argc, 1), argv + argc,
                     [&](const char* word) { return std::find(names.begin(), names.end(), word) != names.end(); });
}

std::string describe_versions() {
  const Json all = program_versions();
  return fmt::format("pbn_worker {} ({})\nLibTorch {}\n{}\ninstruction set: {}\n", all.at("pbn").get<std::string>(),
                     all.at("build").get<std::string>(), all.at("libtorch").get<std::string>(),
                     all.at("mpi").get<std::string>(), all.at("instruction_set").get<std::string>());
}

// The settings of --config or --run, overridden by options.
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

int positive_number(const po::variables_map& words, const std::string& name) {
  const int number = words[name].as<int>();
  if (number < 1) throw usage_error("--" + name, "expected 1 or more " + name, "{} is not allowed", number);
  return number;
}

void require_complete(const WorkerOptions& worker) {
  if (worker.command != WorkerCommand::try_steps && worker.given.folder.empty()) {
    throw usage_error("", worker.command == WorkerCommand::test ? "add --run DIR" : "add --out DIR",
                      "no folder for the results");
  }
  for (const char* needed : {"data.train", "data.validation"}) {
    const Json& files = at_path(worker.given.values, needed);
    if (files.empty() || files == Json(""))  // null is empty, too
      throw usage_error(needed, "add --train FILE --validation FILE", "no pose file");
  }
}

}  // namespace

std::optional<WorkerOptions> parse_worker_options(int argc, char** argv) {
  if (requests({"--version"}, argc, argv)) {
    fmt::print("{}", describe_versions());
    return std::nullopt;
  }
  if (argc <= 1)
    throw usage_error("", "see pbn_worker --help", "nothing to do: give --run DIR, or --train, --validation and --out");
  const CommandHelp& command = command_in(argc, argv);
  const po::options_description options = options_of(command.command);
  if (requests({"--help", "-h"}, argc, argv)) {
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
  if (command.argument || command.command == WorkerCommand::self_test) {
    worker.given.place = "command line";
    worker.quick = words.count("quick") > 0;
    worker.as_json = words.count("json") > 0;
    if (words.count("people")) worker.people = positive_number(words, "people");
    overlay_options(worker.given.values, words);
    return worker;
  }
  worker.given = given_settings(words);
  if (words.count("steps")) worker.try_steps = positive_number(words, "steps");
  require_complete(worker);
  return worker;
}

}  // namespace pbn::worker
