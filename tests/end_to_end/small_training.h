// A training of some seconds, for tests that interrupt it.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/process.h"
#include "tests/end_to_end/shell.h"

namespace pbn {

class SmallTraining {
 public:
  SmallTraining();

  // The command that trains in `folder`; later options override earlier ones. The same words mean the same run.
  std::vector<std::string> command(int ranks, const std::string& folder, const std::string& more = "") const;

  // Starts the training under mpirun (start_alone: as one rank without it) with its output in FOLDER.log.
  std::unique_ptr<Process> start(int ranks, const std::string& folder, const std::string& more = "") const;
  std::unique_ptr<Process> start(const std::vector<std::string>& command, const std::string& folder) const;
  std::unique_ptr<Process> start_alone(const std::string& folder, const std::string& more = "") const;

  std::string path(const std::string& folder) const { return place_ / folder; }
  std::string output(const std::string& folder) const;

  // The live processes of the ranks, in the order of the ranks.
  std::vector<pid_t> ranks_of(const std::string& folder) const;

  // False if the file does not appear within a minute, or the process ends first.
  bool wait_for_file(Process& process, const std::string& folder, const std::string& name_pattern) const;
  bool wait_for_end_of_ranks(const std::string& folder) const;

 private:
  std::vector<std::string> options(const std::string& folder, const std::string& more) const;

  const Workplace place_;
  const std::string train_, validation_;
};

}  // namespace pbn
