#include "orchestrator/commands/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <sstream>

#include "base/build_version.h"
#include "base/error.h"
#include "base/log.h"
#include "base/path_text.h"
#include "base/suggestion.h"
#include "base/text.h"
#include "base/time.h"

namespace pbn::commands {
namespace po = boost::program_options;
namespace {

constexpr const char* about =
    "pbn: studies of part-based branching networks for human pose estimation (Tang & Wu, CVPR 2019)";
constexpr unsigned help_columns = 110;

void print_help(const std::vector<Command>& commands) {
  fmt::print("{}\n\nUsage: pbn COMMAND [arguments]\n\nCommands:\n", about);
  for (const Command& command : commands) fmt::print("  {:<10} {}\n", command.name, command.summary);
  fmt::print(R"(
`pbn COMMAND --help` and `pbn help COMMAND` describe a command and show examples; `pbn --version` prints the version.
With --quiet a command prints only results and errors; with --verbose it also prints what it reads and starts.
With --json a command prints its facts for programs. Terminals show colours unless NO_COLOR is set.

Exit codes:
)");
  for (const ExitCode& code : exit_codes) fmt::print("  {:<3} {}\n", code.number, code.meaning);
}

po::options_description described_options(const Command& command) {
  po::options_description described("Options", help_columns);
  for (const Option& option : joined({command.options, common_options()})) {
    const po::value_semantic* semantic = nullptr;
    if (option.is_repeatable) {
      semantic = po::value<std::vector<std::string>>()->composing()->value_name(option.value);
    } else if (option.value.empty()) {
      semantic = new po::untyped_value(true);
    } else {
      auto* const text = po::value<std::string>()->value_name(option.value);
      semantic = option.default_value.empty() ? text : text->default_value(option.default_value);
    }
    described.add_options()(option.name.c_str(), semantic, option.help.c_str());
  }
  return described;
}

LogLevel log_level_of(const Arguments& arguments) {
  if (arguments.has("quiet") && arguments.has("verbose")) {
    throw usage_error("--quiet", "", "does not go together with --verbose");
  }
  return arguments.has("quiet") ? LogLevel::quiet : arguments.has("verbose") ? LogLevel::detailed : LogLevel::usual;
}

int run(const Command& command, const Arguments& arguments) {
  set_log_level(log_level_of(arguments));
  const Stopwatch stopwatch;
  const int code = command.run(arguments);
  if (log_level() == LogLevel::detailed) std::fflush(stdout);
  detail("pbn {}: {}, of which {:.3f} s on a processor", command.name, stopwatch.in_words(),
         static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  return code;
}

void print_help(const Command& command) {
  fmt::print("{}\n\nUsage: {}\n{}", command.summary, usage_line(command), command.positionals.empty() ? "" : "\n");
  for (const Positional& positional : command.positionals)
    fmt::print("  {:<12} {}\n", positional.name, positional.help);
  std::ostringstream options;
  options << described_options(command);
  fmt::print("\n{}\n\n{}\nExamples:\n", command.description, options.str());
  std::istringstream examples(command.examples);
  for (std::string line; std::getline(examples, line);) fmt::print("  {}\n", line);
}

std::vector<std::string> texts_in(const po::variable_value& value) {
  const auto* const many = boost::any_cast<std::vector<std::string>>(&value.value());
  return many ? *many : std::vector{value.as<std::string>()};
}

void require_input_files(const Command& command, const Arguments& arguments) {
  for (const std::string& name : command.input_files) {
    for (const std::string& file : arguments.texts(name)) require_file(file);
  }
}

void require_positionals(const Command& command, const Arguments& arguments, const std::string& hint) {
  for (const Positional& positional : command.positionals) {
    if (positional.is_required && !arguments.has(positional.name))
      throw usage_error(command.name, hint, "{} is missing", positional.name);
  }
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
  const std::string hint = fmt::format("see pbn {} --help", command.name);
  const po::options_description described = described_options(command);
  po::options_description all;
  all.add(described);
  po::positional_options_description order;
  for (const Positional& positional : command.positionals) {
    all.add_options()(positional.name.c_str(), po::value<std::vector<std::string>>());
    order.add(positional.name.c_str(), positional.is_repeatable ? -1 : 1);
  }
  po::variables_map values;
  try {
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(order).style(style).run(), values);
  } catch (const po::unknown_option& error) {
    std::vector<std::string> known;
    for (const auto& option : described.options()) known.push_back("--" + option->long_name());
    throw usage_error(command.name, suggestion(error.get_option_name(), known), "unknown option {}",
                      error.get_option_name());
  } catch (const po::too_many_positional_options_error&) {
    throw usage_error(command.name, hint, "too many arguments");
  } catch (const po::error& error) {
    throw usage_error(command.name, hint, "{}", error.what());
  }
  Arguments arguments;
  for (const auto& [name, value] : values) arguments.add(name, texts_in(value));
  if (!arguments.has("help")) {
    require_positionals(command, arguments, hint);
    require_input_files(command, arguments);
  }
  return arguments;
}

// A command with a store writes its arguments and the working folder's name into JSON files, which are UTF-8.
void require_utf8_names(const Command& command, const std::vector<std::string>& words) {
  const bool has_store = std::ranges::find(command.options, "store", &Option::name) != command.options.end();
  if (!has_store || command.takes_any_names) return;
  std::vector<std::string> names = words;
  names.push_back(std::filesystem::current_path().string());
  for (const std::string& name : names) {
    if (is_utf8(name)) continue;
    throw usage_error(path_text(name), "rename it, for example with convmv, or work in another folder",
                      "is a name that is not UTF-8");
  }
}

std::string allowed_range(auto least, auto most) {
  using Number = decltype(least);
  if (most == std::numeric_limits<Number>::max()) {
    return least == std::numeric_limits<Number>::lowest() ? "" : fmt::format(" of {} or more", least);
  }
  return fmt::format(" from {} to {}", least, most);
}

}  // namespace

Options joined(std::initializer_list<Options> parts) {
  Options all;
  for (const Options& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const Options& common_options() {
  static const Options options{
      {"quiet,q", "", "print only results and errors, neither progress nor notes"},
      {"verbose,v", "", "print also what is read, started and found done, and how long that takes"},
      {"help,h", "", "show this text"}};
  return options;
}

void Arguments::add(const std::string& name, const std::vector<std::string>& texts) {
  values_[name].insert(values_[name].end(), texts.begin(), texts.end());
}

std::string Arguments::text(const std::string& name) const { return has(name) ? values_.at(name).back() : ""; }

std::vector<std::string> Arguments::texts(const std::string& name) const {
  return has(name) ? values_.at(name) : std::vector<std::string>();
}

template <typename Number>
Number Arguments::number(const std::string& option, Number least, Number most) const {
  const std::string given = text(option);
  Number number{};
  const auto [end, code] = std::from_chars(given.data(), given.data() + given.size(), number);
  const bool is_number = code == std::errc() && end == given.data() + given.size();
  if (is_number && number >= least && number <= most) return number;
  const bool is_positional = option[0] >= 'A' && option[0] <= 'Z';
  throw usage_error((is_positional ? "" : "--") + option, "", "\"{}\" is not a {}{}", given,
                    std::is_floating_point_v<Number> ? "number" : "whole number", allowed_range(least, most));
}
template int Arguments::number(const std::string&, int, int) const;
template std::int64_t Arguments::number(const std::string&, std::int64_t, std::int64_t) const;
template std::uint32_t Arguments::number(const std::string&, std::uint32_t, std::uint32_t) const;
template std::uint64_t Arguments::number(const std::string&, std::uint64_t, std::uint64_t) const;
template double Arguments::number(const std::string&, double, double) const;

void print_facts(const Json& facts) { fmt::print("{}\n", facts.dump(1, ' ', false, Json::error_handler_t::replace)); }

std::string bytes_in_words(double bytes) {
  constexpr const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(units); ++unit) bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit < 3 ? 0 : 1, units[unit]);
}

void require_file(const std::string& file) {
  std::error_code unreachable;  // for example a name that is too long
  if (!std::filesystem::exists(file, unreachable)) throw usage_error(file, "check the path", "there is no such file");
}

void require_new_file(const std::string& file, const Arguments& arguments) {
  if (std::filesystem::exists(file) && !arguments.has("force")) {
    throw usage_error(file, "add --force to replace it", "exists already");
  }
}

std::string usage_line(const Command& command) {
  std::string usage = "pbn " + command.name;
  for (const Positional& positional : command.positionals) {
    usage += fmt::format(fmt::runtime(positional.is_required ? " {}" : " [{}]"), positional.name);
    if (positional.is_repeatable) usage += "...";
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
  const auto command = std::ranges::find(commands, words[0], &Command::name);
  if (command == commands.end()) {
    std::vector<std::string> names;
    for (const Command& known : commands) names.push_back(known.name);
    throw usage_error("", suggestion(words[0], names), "unknown command \"{}\"", words[0]);
  }
  words.erase(words.begin());
  const Arguments arguments = parse(*command, words);
  if (arguments.has("help")) {
    print_help(*command);
    return 0;
  }
  require_utf8_names(*command, words);
  return run(*command, arguments);
}

}  // namespace pbn::commands
