// What the commands of pbn_worker take, and the texts of their --help.
#pragma once

#include <boost/program_options.hpp>
#include <span>
#include <string>

#include "worker/commands/worker_options.h"

namespace pbn::worker {

// The first word of the command line selects the command; without such a word pbn_worker trains.
struct CommandHelp {
  WorkerCommand command;
  const char* word;
  const char* argument;  // required after the word, or null
  const char* usage;     // description with an example
};

std::span<const CommandHelp> command_helps();  // first that of training

boost::program_options::options_description options_of(WorkerCommand command);

// The manual page pbn_worker(1), in the language of man(7), made from these texts. An option that several commands take
// is described where it comes first.
std::string worker_manual_page();

}  // namespace pbn::worker
