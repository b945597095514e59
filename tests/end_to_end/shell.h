// Driving the programs as a user does: a command line in, exit code and text out.
#pragma once

#include <string>

#include "base/json.h"
#include "tests/temporary_folder.h"

namespace pbn {

struct Answer {
  int exit_code = 0;
  std::string text;  // standard output and standard error
};

// By /bin/sh, with pbn and pbn_worker in PATH. A command that is killed has the exit code 128 + signal.
Answer shell(const std::string& command);

// A folder of this test, removed at the end; its paths are words of a command line.
class Workplace {
 public:
  std::string operator/(const std::string& name) const { return (folder_ / name).string(); }

 private:
  TemporaryFolder folder_{"pbn-end-to-end"};
};

// A synthetic pose file of small pictures (64 px), made once per name in this workplace.
std::string small_people(const Workplace& place, const std::string& name, int people);

// Writes the text to the file and gives back its name.
std::string written(const std::string& file, const std::string& text);

// A grid of two cells and two seeds that is trained in seconds; it needs data.train and data.validation.
extern const char* const small_study;

// mpirun -np RANKS pbn_worker, ready for more options.
std::string worker_on(int ranks);

// The half of a result that must be equal when a run is made again.
Json outcome_of(const std::string& run_folder);

}  // namespace pbn
