// pbn on a real Slurm: a profile for it, and waiting for what becomes of the jobs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/slurm/single_machine_slurm.h"

namespace pbn {

class Cluster {
 public:
  explicit Cluster(const SingleMachineSlurm::Options& options = {}) : slurm_(options) {}

  SingleMachineSlurm& slurm() { return slurm_; }

  // A file with `more` lines besides a time limit and what a small run needs.
  std::string profile(const std::string& more = "") const;

  // A command with this Slurm in its environment, to its end.
  CommandOutcome run(std::vector<std::string> command,
                     std::vector<std::pair<std::string, std::string>> environment = {}) const;

  // No job waits or runs any more. False when that takes longer than a test may.
  bool wait_for_end(std::chrono::seconds patience = std::chrono::seconds(90)) const;

  // The elements of arrays that are in this state: "17_3".
  std::vector<std::string> in_state(const std::string& state) const;

  std::vector<std::pair<std::string, std::string>> environment(
      std::vector<std::pair<std::string, std::string>> more = {}) const;

 private:
  TemporaryFolder folder_;
  SingleMachineSlurm slurm_;
};

}  // namespace pbn
