// Runs the programs as a user does: a command line gives an exit code and text.
#pragma once

#include <string>

#include "base/json.h"
#include "tests/temporary_folder.h"

namespace pbn {

struct Answer {
  int exit_code = 0;
  std::string text;  // standard output and standard error
};

// Runs the command with /bin/sh, with pbn and pbn_worker in PATH. A killed command has the exit code 128 + signal.
Answer shell(const std::string& command);

// A temporary folder whose paths need no quotes on a command line.
class Workplace {
 public:
  std::string operator/(const std::string& name) const { return (folder_ / name).string(); }

 private:
  TemporaryFolder folder_{"pbn-end-to-end"};
};

// A synthetic pose file of 64 px, made once for each name in this folder.
std::string small_people(const Workplace& place, const std::string& name, int people);

// Writes the text to the file and returns its name.
std::string written(const std::string& file, const std::string& text);

// A grid of two cells and two seeds that trains in seconds; data.train and data.validation must be set.
extern const char* const small_study;

// mpirun -np RANKS pbn_worker, ready for more options.
std::string worker_on(int ranks);

// The part of a result that is the same whenever a run is repeated.
Json outcome_of(const std::string& run_folder);

}  // namespace pbn
