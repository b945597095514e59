#include "orchestrator/commands/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "base/build_version.h"
#include "base/error.h"
#include "base/log.h"
#include "base/path_text.h"
#include "base/suggestion.h"
#include "base/text.h"
#include "base/time.h"

namespace pbn {
namespace po = boost::program_options;
namespace {

constexpr const char* about =
    "pbn: studies of part-based branching networks for human pose estimation (Tang & Wu, CVPR 2019)";

void print_help(const std::vector<Command>& commands) {
  fmt::print("{}\n\nUsage: pbn COMMAND [arguments]\n\nCommands:\n", about);
  for (const Command& command : commands) fmt::print("  {:<10} {}\n", command.name, command.summary);
  fmt::print(
      "\npbn COMMAND --help, or pbn help COMMAND, tells what it does and shows an example; pbn --version the version.\n"
      "With --quiet a command prints only results and errors, with --verbose also what it reads and starts; with\n"
      "--json commands print their facts for programs. Colours are for terminals, and not where NO_COLOR is set.\n"
      "\nExit codes:\n");
  for (const ExitCode& code : exit_codes) fmt::print("  {:<3} {}\n", code.number, code.meaning);
}

OptionsDescription all_options(const Command& command) {
  OptionsDescription options("Options", 110);
  for (const auto& option : command.options.options()) options.add(option);
  const OptionsDescription common = options_of_every_command();
  for (const auto& option : common.options()) options.add(option);
  return options;
}

LogLevel wanted_log_level(const Arguments& arguments) {
  const bool quiet = arguments.count("quiet") > 0, verbose = arguments.count("verbose") > 0;
  if (quiet && verbose) throw usage_error("--quiet", "", "does not go together with --verbose");
  return quiet ? LogLevel::quiet : verbose ? LogLevel::detailed : LogLevel::usual;
}

int run(const Command& command, const Arguments& arguments) {
  set_log_level(wanted_log_level(arguments));
  const Stopwatch stopwatch;
  const int code = command.run(arguments);
  if (log_level() == LogLevel::detailed) std::fflush(stdout);
  detail("pbn {}: {}, of that {:.3f} s at work itself", command.name, stopwatch.in_words(),
         static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  return code;
}

void print_help(const Command& command) {
  fmt::print("{}\n\nUsage: {}\n\n", command.summary, usage_line(command));
  for (const Positional& positional : command.positionals)
    fmt::print("  {:<12} {}\n", positional.name, positional.help);
  std::ostringstream options;
  options << all_options(command);
  fmt::print("\n{}\n\n{}\nExamples:\n", command.description, options.str());
  std::istringstream examples(command.examples);
  for (std::string line; std::getline(examples, line);) fmt::print("  {}\n", line);
}

std::vector<std::string> names_of(const OptionsDescription& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

std::vector<std::string> words_in(const po::variable_value& value) {
  const auto* const many = boost::any_cast<std::vector<std::string>>(&value.value());
  return many ? *many : std::vector<std::string>{value.as<std::string>()};
}

void require_files(const Command& command, const Arguments& arguments) {
  for (const std::string& name : command.reads) {
    if (!arguments.count(name)) continue;
    for (const std::string& file : words_in(arguments[name])) {
      if (!file.empty()) require_file(file);
    }
  }
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
  const std::string where = command.name;
  const std::string see_help = fmt::format("see pbn {} --help", where);
  const OptionsDescription shown = all_options(command);
  OptionsDescription all;
  all.add(shown);
  po::positional_options_description order;
  for (const Positional& positional : command.positionals) {
    const char* const name = positional.name.c_str();
    positional.many ? all.add_options()(name, po::value<std::vector<std::string>>())
                    : all.add_options()(name, po::value<std::string>());
    order.add(name, positional.many ? -1 : 1);
  }
  Arguments arguments;
  try {
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(order).style(style).run(), arguments);
  } catch (const po::unknown_option& error) {
    const auto known = names_of(shown);
    throw usage_error(where, suggestion(error.get_option_name(), known), "unknown option {}", error.get_option_name());
  } catch (const po::too_many_positional_options_error&) {
    throw usage_error(where, see_help, "too many arguments");
  } catch (const po::error& error) {
    throw usage_error(where, see_help, "{}", error.what());
  }
  for (const Positional& positional : command.positionals) {
    if (arguments.count("help")) break;
    if (positional.required && !arguments.count(positional.name))
      throw usage_error(where, see_help, "{} is missing", positional.name);
  }
  po::notify(arguments);
  if (!arguments.count("help")) require_files(command, arguments);
  return arguments;
}

// The arguments of commands with a store go into its files, and so does their folder's name: JSON, which is UTF-8.
void require_utf8_names(const Command& command, const std::vector<std::string>& words) {
  const bool writes_names_down = command.options.find_nothrow("store", false) != nullptr;
  if (!writes_names_down || command.takes_any_names) return;
  std::vector<std::string> names = words;
  names.push_back(std::filesystem::current_path().string());
  for (const std::string& name : names) {
    if (is_utf8(name)) continue;
    throw usage_error(path_text(name), "rename it, for example with convmv, or work in another folder",
                      "is a name that is not UTF-8");
  }
}

}  // namespace

void require_file(const std::string& file) {
  std::error_code none;  // also of a name that is too long
  if (!std::filesystem::exists(file, none)) throw usage_error(file, "check the path", "there is no such file");
}

OptionsDescription options_of_every_command() {
  OptionsDescription options;
  options.add_options()("quiet,q", "print only results and errors: no progress, no notes")(
      "verbose,v", "print also what is read, started and taken as done, and how long that took")("help,h",
                                                                                                 "show this text");
  return options;
}

void add_json_option(OptionsDescription& options) { options.add_options()("json", "print the facts as JSON"); }

std::string text_of(const Arguments& arguments, const std::string& option) {
  return arguments.count(option) ? arguments[option].as<std::string>() : "";
}

void print_facts(const Json& facts) { fmt::print("{}\n", facts.dump(1, ' ', false, Json::error_handler_t::replace)); }

std::string usage_line(const Command& command) {
  std::string usage = "pbn " + command.name;
  for (const Positional& positional : command.positionals) {
    usage += " " + (positional.required ? positional.name : "[" + positional.name + "]");
    if (positional.many) usage += "...";
  }
  return usage + " [options]";
}

int run_command_line(const std::vector<Command>& commands, int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) {
    print_help(commands);
    return 64;
  }
  if (words[0] == "help" && words.size() > 1) words = {words[1], "--help"};
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help(commands);
    return 0;
  }
  if (words[0] == "--version") {
    fmt::print("pbn {} ({})\n", program_version(), build_version());
    return 0;
  }
  const auto named = [&](const Command& command) { return command.name == words[0]; };
  const auto command = std::find_if(commands.begin(), commands.end(), named);
  if (command == commands.end()) {
    std::vector<std::string> names;
    for (const Command& known : commands) names.push_back(known.name);
    throw usage_error("", suggestion(words[0], names), "unknown command \"{}\"", words[0]);
  }
  const Arguments arguments = parse(*command, {words.begin() + 1, words.end()});
  if (arguments.count("help")) {
    print_help(*command);
    return 0;
  }
  require_utf8_names(*command, {words.begin() + 1, words.end()});
  return run(*command, arguments);
}

}  // namespace pbn
