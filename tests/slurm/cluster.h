// A real Slurm for tests of pbn, with a profile for it and functions that wait for its jobs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/slurm/single_machine_slurm.h"

namespace pbn::slurm {

class Cluster {
 public:
  explicit Cluster(const SingleMachineSlurm::Options& options = {}) : slurm_(options) {}

  SingleMachineSlurm& slurm() { return slurm_; }

  // Writes a profile with a time limit, the memory of a small run, and `more` lines.
  std::string profile(const std::string& more = "") const;

  // Runs a command with this Slurm in its environment until it ends.
  CommandOutcome run(std::vector<std::string> command,
                     std::vector<std::pair<std::string, std::string>> environment = {}) const;

  // Waits until no job is waiting or running. False if that takes longer than `patience`.
  bool wait_for_end(std::chrono::seconds patience = std::chrono::seconds(90)) const;

  // The ids ("17_3") of array elements in this state.
  std::vector<std::string> in_state(const std::string& state) const;

  std::vector<std::pair<std::string, std::string>> environment(
      std::vector<std::pair<std::string, std::string>> more = {}) const;

 private:
  TemporaryFolder folder_;
  SingleMachineSlurm slurm_;
};

}  // namespace pbn::slurm
