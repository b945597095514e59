// The manual page pbn(1), in the language of man(7), made from the texts of --help.
#include <fmt/format.h>

#include "base/build_version.h"
#include "orchestrator/commands/commands.h"

namespace pbn::commands {
namespace {

// Escapes what roff would read as a request, an escape sequence or a hyphen.
std::string escaped(const std::string& text) {
  std::string lines;
  bool at_line_start = true;
  for (const char letter : text) {
    if (at_line_start && (letter == '.' || letter == '\'')) lines += "\\&";
    lines += letter == '\\' ? "\\e" : letter == '-' ? "\\-" : std::string(1, letter);
    at_line_start = letter == '\n';
  }
  return lines;
}

std::string as_written(const std::string& text) { return ".nf\n" + escaped(text) + "\n.fi\n"; }

std::string entries(const Options& options) {
  std::string text;
  for (const Option& option : options) {
    std::string name = "--" + option.name.substr(0, option.name.find(','));
    if (!option.value.empty()) name += " " + option.value;
    if (!option.default_value.empty()) name += " (=" + option.default_value + ")";
    text += fmt::format(".TP\n.B {}\n{}\n", escaped(name), escaped(option.help));
  }
  return text;
}

std::string section(const Command& command) {
  std::string text = fmt::format(".SS \"{}\"\n{}.\n.PP\n", escaped(usage_line(command)), escaped(command.summary));
  text += as_written(command.description);
  for (const Positional& positional : command.positionals) {
    text += fmt::format(".TP\n.I {}\n{}\n", escaped(positional.name), escaped(positional.help));
  }
  return text + entries(command.options) + ".PP\nExamples:\n.PP\n.RS 2\n" + as_written(command.examples) + ".RE\n";
}

std::string manual_page(const std::vector<Command>& commands) {
  std::string text = fmt::format(R"(.TH PBN 1 "" "pbn {}"
.SH NAME
pbn \- studies of part\-based branching networks for human pose estimation
.SH SYNOPSIS
.B pbn
.I COMMAND
[arguments]
.SH DESCRIPTION
Performs the study of Tang & Wu (CVPR 2019): a grid describes networks, pbn trains every cell with every
seed, loses nothing when a machine dies, and reports the figures with their uncertainty.
.SH COMMANDS
)",
                                 program_version());
  for (const Command& command : commands) text += section(command);
  text += ".SH OPTIONS OF EVERY COMMAND\n" + entries(common_options()) + ".SH EXIT STATUS\n";
  for (const ExitCode& code : exit_codes) text += fmt::format(".TP\n{}\n{}\n", code.number, escaped(code.meaning));
  return text + R"(.SH ENVIRONMENT
.TP
.B NO_COLOR
If it is set to any text, pbn prints no colours, even on terminals.
.SH SEE ALSO
.BR mpirun (1),
.BR sbatch (1)
)";
}

}  // namespace

Command manual_command(const std::vector<Command>& commands) {
  return {.name = "manual",
          .summary = "print the manual page of all commands",
          .description = "Prints the texts of every --help as a page for man.",
          .examples = "pbn manual | man -l -\npbn manual > ~/.local/share/man/man1/pbn.1",
          .run = [commands](const Arguments&) {
            fmt::print("{}", manual_page(commands));
            return 0;
          }};
}

}  // namespace pbn::commands
