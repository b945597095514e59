// The command line that all commands of pbn share: options, arguments, --help, usage errors and exit codes.
#pragma once

#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::commands {

struct Option {
  std::string name;   // "lines", or with a letter "lines,n"
  std::string value;  // the name of its value in --help: "N", or all words that it takes: "raw|jpeg"; empty: none
  std::string help;
  std::string default_value = {};  // empty: none
  bool is_repeatable = false;
};
using Options = std::vector<Option>;

Options joined(std::initializer_list<Options> parts);
const Options& common_options();  // of every command: --quiet, --verbose and --help
inline const Option json_option{"json", "", "print the facts as JSON"};

struct Positional {
  std::string name;  // "GRID"
  std::string help;
  bool is_required = true;
  bool is_repeatable = false;             // allowed for the last one
  std::vector<std::string> choices = {};  // the only words that it takes; empty: any
  bool takes_sweeps = false;              // names of sweeps of the store among them
};

// The options and positional arguments that were given, and the default values of the other options.
class Arguments {
 public:
  void add(const std::string& name, const std::vector<std::string>& texts);

  bool has(const std::string& name) const { return values_.contains(name); }
  std::string text(const std::string& name) const;                // empty where it is not given
  std::vector<std::string> texts(const std::string& name) const;  // all values of a repeatable one

  // The number that an option gives: an int, std::int64_t, std::uint32_t, std::uint64_t or double. Throws a usage error
  // where its text is not a number from `least` to `most`.
  template <typename Number>
  Number number(const std::string& option, Number least = std::numeric_limits<Number>::lowest(),
                Number most = std::numeric_limits<Number>::max()) const;
  template <typename Number>
  Number number_or(Number otherwise, const std::string& option) const {
    return has(option) ? number<Number>(option) : otherwise;
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;  // of an option without a value: one empty text
};

struct Command {
  std::string name;
  std::string summary;                       // its line of `pbn --help`
  std::string description;                   // paragraphs of `pbn NAME --help`, in lines of at most 110 columns
  std::vector<Positional> positionals = {};  // optional ones last
  Options options = {};
  std::string examples;                       // command lines
  std::function<int(const Arguments&)> run;   // returns the exit code
  std::vector<std::string> input_files = {};  // arguments and options that name existing files: "base", "profile"
  bool takes_any_names = false;               // accepts file names that are not UTF-8
};

struct ExitCode {
  int number;
  const char* meaning;
};
inline constexpr ExitCode exit_codes[] = {
    {0, "done"},
    {1, "some runs failed; all others are done"},
    {64, "wrong usage"},
    {65, "wrong data"},
    {69, "the machine lacks something"},
    {70, "a bug in pbn"},
    {75, "interrupted and saved; start it again"},
};

void print_facts(const Json& facts);       // on standard output, indented; U+FFFD stands for bytes that are not UTF-8
std::string bytes_in_words(double bytes);  // "512 KiB", "1.5 GiB"

// Throws a usage error where there is no file or folder of this name.
void require_file(const std::string& file);

// Throws a usage error that names --force where the file exists and --force is not given.
void require_new_file(const std::string& file, const Arguments& arguments);

// "pbn run GRID [options]"
std::string usage_line(const Command& command);

// Runs the command that argv names and returns its exit code. Unknown commands and options, missing arguments and
// missing input files are usage errors, the first two with a suggestion.
int run_command_line(const std::vector<Command>& commands, int argc, char** argv);

}  // namespace pbn::commands
