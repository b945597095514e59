#include "orchestrator/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn {
namespace po = boost::program_options;
namespace {

constexpr const char* about =
    "pbn: studies of part-based branching networks for human pose estimation (Tang & Wu, CVPR 2019)";

void print_help(const std::vector<Command>& commands) {
  fmt::print("{}\n\nUsage: pbn COMMAND [arguments]\n\nCommands:\n", about);
  for (const Command& command : commands) fmt::print("  {:<10} {}\n", command.name, command.summary);
  fmt::print(
      "\npbn COMMAND --help tells what it does and shows an example. pbn --version tells the version.\nExit codes:\n");
  for (const ExitCode& code : exit_codes) fmt::print("  {:<3} {}\n", code.number, code.meaning);
}

OptionsDescription with_help(const Command& command) {
  OptionsDescription options("Options", 110);
  for (const auto& option : command.options.options()) options.add(option);
  options.add_options()("help,h", "this text");
  return options;
}

void print_help(const Command& command) {
  fmt::print("{}\n\nUsage: {}\n\n", command.summary, usage_line(command));
  for (const Positional& positional : command.positionals)
    fmt::print("  {:<12} {}\n", positional.name, positional.help);
  std::ostringstream options;
  options << with_help(command);
  fmt::print("\n{}\n\n{}\nExamples:\n", command.description, options.str());
  std::istringstream examples(command.examples);
  for (std::string line; std::getline(examples, line);) fmt::print("  {}\n", line);
}

std::vector<std::string> names_of(const OptionsDescription& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
  const std::string where = command.name;
  const std::string see_help = fmt::format("see pbn {} --help", where);
  const OptionsDescription shown = with_help(command);
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
  return arguments;
}

}  // namespace

std::string usage_line(const Command& command) {
  std::string usage = "pbn " + command.name;
  for (const Positional& positional : command.positionals) {
    usage += " " + (positional.required ? positional.name : "[" + positional.name + "]");
    if (positional.many) usage += "...";
  }
  return usage + " [options]";
}

int run_command_line(const std::vector<Command>& commands, int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) {
    print_help(commands);
    return 64;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help(commands);
    return 0;
  }
  if (words[0] == "--version") {
    fmt::print("pbn {}\n", PBN_VERSION);
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
  return command->run(arguments);
}

}  // namespace pbn
