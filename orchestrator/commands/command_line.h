// One style for all commands of pbn: a summary, a usage line, options, an example; the same errors everywhere.
#pragma once

#include <boost/program_options.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

using OptionsDescription = boost::program_options::options_description;
using Arguments = boost::program_options::variables_map;

struct Positional {
  std::string name;  // as in the usage line: "GRID"; its value is Arguments["GRID"], a string
  std::string help;
  bool required = true;
  bool many = false;                      // the last one may: its value is a vector of strings
  std::vector<std::string> choices = {};  // where only some words are meant
};

struct Command {
  std::string name;
  std::string summary;                  // one line of `pbn --help`
  std::string description;              // a paragraph or two of `pbn NAME --help`
  std::vector<Positional> positionals;  // optional ones last
  OptionsDescription options;
  std::string examples;  // command lines
  std::function<int(const Arguments&)> run;
  std::vector<std::string> reads = {};  // arguments and options whose files must be there: "GRID", "base"
  bool takes_any_names = false;         // of files: with bytes that are not UTF-8, too
};

struct ExitCode {
  int number;
  const char* meaning;
};
inline constexpr ExitCode exit_codes[] = {
    {0, "done"},
    {1, "runs failed, the others were carried out"},
    {64, "wrong usage"},
    {65, "wrong data"},
    {69, "the machine lacks something"},
    {70, "a bug of ours"},
    {75, "saved; start it again"},
};

// --help, --quiet and --verbose (base/log.h).
OptionsDescription options_of_every_command();

// The text of an option or positional, empty where it was not given.
std::string text_of(const Arguments& arguments, const std::string& option);

// Commands that print facts have --json, and print the same facts so.
void add_json_option(OptionsDescription& options);
void print_facts(const Json& facts);  // on standard output, indented; what is not UTF-8 becomes U+FFFD

// Throws a usage error where there is no file or folder of this name: a file that somebody names and that is not there
// has one exit code in all commands.
void require_file(const std::string& file);

// "pbn run GRID [options]"
std::string usage_line(const Command& command);

// Runs the command that argv names and returns its exit code. Unknown commands and options, missing arguments and
// files that are not there are usage errors, the first two with a suggestion.
int run_command_line(const std::vector<Command>& commands, int argc, char** argv);

}  // namespace pbn
