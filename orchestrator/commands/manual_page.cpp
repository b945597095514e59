#include "orchestrator/commands/manual_page.h"

#include <fmt/format.h>

#include "base/build_version.h"

namespace pbn {
namespace {

// Text as it is: nothing in it is a request, an escape or a hyphen.
std::string plain(const std::string& text) {
  std::string lines;
  bool at_line_start = true;
  for (const char letter : text) {
    if (at_line_start && (letter == '.' || letter == '\'')) lines += "\\&";
    if (letter == '\\') {
      lines += "\\e";
    } else if (letter == '-') {
      lines += "\\-";
    } else {
      lines += letter;
    }
    at_line_start = letter == '\n';
  }
  return lines;
}

std::string as_written(const std::string& text) { return ".nf\n" + plain(text) + "\n.fi\n"; }

std::string entries(const OptionsDescription& options) {
  std::string text;
  for (const auto& option : options.options()) {
    const std::string value = option->semantic()->max_tokens() > 0 ? " " + option->format_parameter() : "";
    text += fmt::format(".TP\n.B {}\n{}\n", plain("--" + option->long_name() + value), plain(option->description()));
  }
  return text;
}

std::string section(const Command& command) {
  std::string text = fmt::format(".SS \"{}\"\n{}.\n.PP\n", plain(usage_line(command)), plain(command.summary));
  text += as_written(command.description);
  for (const Positional& positional : command.positionals) {
    text += fmt::format(".TP\n.I {}\n{}\n", plain(positional.name), plain(positional.help));
  }
  return text + entries(command.options) + ".PP\nExamples:\n.PP\n.RS 2\n" + as_written(command.examples) + ".RE\n";
}

}  // namespace

std::string manual_page(const std::vector<Command>& commands) {
  std::string text = fmt::format(".TH PBN 1 \"\" \"pbn {}\"\n.SH NAME\n{}\n", program_version(),
                                 "pbn \\- studies of part\\-based branching networks for human pose estimation");
  text += ".SH SYNOPSIS\n.B pbn\n.I COMMAND\n[arguments]\n.SH DESCRIPTION\n";
  text += plain(
      "Carries out the study of Tang & Wu (CVPR 2019): a grid describes networks, pbn trains every cell with every\n"
      "seed, loses nothing when a machine dies, and reports the figures with their uncertainty.\n");
  text += ".SH COMMANDS\n";
  for (const Command& command : commands) text += section(command);
  text += ".SH OPTIONS OF EVERY COMMAND\n" + entries(options_of_every_command());
  text += ".SH EXIT STATUS\n";
  for (const ExitCode& code : exit_codes) text += fmt::format(".TP\n{}\n{}\n", code.number, plain(code.meaning));
  text +=
      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\n" + plain("Set to anything, it keeps colours away, also from terminals.\n");
  return text + ".SH SEE ALSO\n.BR mpirun (1),\n.BR sbatch (1)\n";
}

Command manual_command(const std::vector<Command>& commands) {
  Command command;
  command.name = "manual";
  command.summary = "print the manual page of all commands";
  command.description = "The text of every --help as a page for man.";
  command.examples = "pbn manual | man -l -\npbn manual > ~/.local/share/man/man1/pbn.1";
  command.run = [commands](const Arguments&) {
    fmt::print("{}", manual_page(commands));
    return 0;
  };
  return command;
}

}  // namespace pbn
