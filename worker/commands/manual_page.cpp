#include <fmt/format.h>

#include <set>

#include "base/build_version.h"
#include "base/roff.h"
#include "worker/commands/worker_help.h"

namespace pbn::worker {
namespace {

// The description of a command: its help without the options.
std::string usage_section(const CommandHelp& help) {
  const std::string name = help.argument ? fmt::format("{} {}", help.word, help.argument) : help.word;
  return fmt::format(".SS \"pbn_worker{}{}\"\n{}", *help.word ? " " : "", roff_text(name), roff_lines(help.usage));
}

std::string option_entry(const boost::program_options::option_description& option) {
  const std::string value = option.format_parameter();
  return fmt::format(".TP\n.B \\-\\-{}{}{}\n{}\n", roff_text(option.long_name()), value.empty() ? "" : " ",
                     roff_text(value), roff_text(option.description()));
}

}  // namespace

std::string worker_manual_page() {
  std::string text = fmt::format(R"(.TH PBN_WORKER 1 "" "pbn {}"
.SH NAME
pbn_worker \- trains and tests part\-based branching networks on one or many ranks
.SH SYNOPSIS
.B pbn_worker
[\fICOMMAND\fR] [options]
.SH COMMANDS
Without a command pbn_worker trains. An option that several commands take is described where it comes first.
)",
                                 program_version());
  std::set<std::string> described;
  for (const CommandHelp& help : command_helps()) {
    text += usage_section(help);
    const boost::program_options::options_description options = options_of(help.command);
    for (const auto& option : options.options()) {
      if (described.insert(option->long_name()).second) text += option_entry(*option);
    }
  }
  return text + ".SH SEE ALSO\n.BR pbn (1),\n.BR mpirun (1)\n";
}

}  // namespace pbn::worker
