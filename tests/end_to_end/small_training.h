// A training of some seconds for tests that disturb it.
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

  // What trains in a folder of this workplace; later options override earlier ones. The same words are the same run.
  std::vector<std::string> command(int ranks, const std::string& folder, const std::string& more = "") const;

  // Under mpirun (also one rank alone, without it), its output in FOLDER.log.
  std::unique_ptr<Process> start(int ranks, const std::string& folder, const std::string& more = "") const;
  std::unique_ptr<Process> start(const std::vector<std::string>& command, const std::string& folder) const;
  std::unique_ptr<Process> start_alone(const std::string& folder, const std::string& more = "") const;

  std::string path(const std::string& folder) const { return place_ / folder; }
  std::string output(const std::string& folder) const;

  // The processes of its ranks that live, in the order of their ranks.
  std::vector<pid_t> ranks_of(const std::string& folder) const;

  // False if that takes longer than a minute, or the process ends before.
  bool wait_for_file(Process& process, const std::string& folder, const std::string& name_pattern) const;
  bool wait_for_end_of_ranks(const std::string& folder) const;

 private:
  std::vector<std::string> options(const std::string& folder, const std::string& more) const;

  const Workplace place_;
  const std::string train_, validation_;
};

}  // namespace pbn
