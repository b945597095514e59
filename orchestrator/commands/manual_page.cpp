// The manual page pbn(1), in the language of man(7), made from the texts of --help.
#include <fmt/format.h>

#include "base/build_version.h"
#include "base/roff.h"
#include "orchestrator/commands/commands.h"

namespace pbn::commands {
namespace {

std::string entries(const Options& options) {
  std::string text;
  for (const Option& option : options) {
    std::string name = "--" + option.name.substr(0, option.name.find(','));
    if (!option.value.empty()) name += " " + option.value;
    if (!option.default_value.empty()) name += " (=" + option.default_value + ")";
    text += fmt::format(".TP\n.B {}\n{}\n", roff_text(name), roff_text(option.help));
  }
  return text;
}

std::string section(const Command& command) {
  std::string text = fmt::format(".SS \"{}\"\n{}.\n.PP\n", roff_text(usage_line(command)), roff_text(command.summary));
  text += roff_lines(command.description);
  for (const Positional& positional : command.positionals) {
    text += fmt::format(".TP\n.I {}\n{}\n", roff_text(positional.name), roff_text(positional.help));
  }
  return text + entries(command.options) + ".PP\nExamples:\n.PP\n.RS 2\n" + roff_lines(command.examples) + ".RE\n";
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
  for (const ExitCode& code : exit_codes) text += fmt::format(".TP\n{}\n{}\n", code.number, roff_text(code.meaning));
  return text + R"(.SH ENVIRONMENT
.TP
.B NO_COLOR
If it is set to any text, pbn prints no colours, even on terminals.
.SH SEE ALSO
.BR pbn_worker (1),
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
