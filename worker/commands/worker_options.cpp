#include "worker/commands/worker_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <span>
#include <sstream>
#include <string_view>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/schema.h"
#include "worker/commands/worker_help.h"
#include "worker/device/versions.h"

namespace pbn::worker {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

const CommandHelp& command_in(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  const std::span<const CommandHelp> helps = command_helps();
  const auto found = std::ranges::find_if(helps, [&](const CommandHelp& help) { return word == help.word; });
  if (found != helps.end()) return *found;
  if (!word.starts_with('-')) {
    Texts words;
    for (const CommandHelp& help : helps) words.emplace_back(help.word);
    throw usage_error("", suggestion(std::string(word), words), "unknown command \"{}\"", word);
  }
  return helps.front();
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
  if (command.command == WorkerCommand::manual) {
    fmt::print("{}", worker_manual_page());
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
