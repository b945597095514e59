// A real Slurm on this machine, for the length of a test: its own configuration, keys, ports and job numbers in a
// folder of its own, without systemd, database or control groups. Several may run beside each other and beside a
// cluster's own.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/process.h"
#include "tests/temporary_folder.h"

namespace pbn {

class SingleMachineSlurm {
 public:
  struct Options {
    int nodes = 2;  // of 8 processors, 8 GB and 2 GPUs that are none
    int max_array_size = 1001;
    bool requeues_jobs = true;
    bool preempts = false;  // what is submitted to the partition "urgent" takes the place of other jobs
  };

  // What keeps a Slurm from being started here, in words for a skipped test; else empty.
  static std::string obstacle();

  // Returns once all nodes are idle. Throws an environment error with the end of the log when that does not happen.
  explicit SingleMachineSlurm(const Options& options);
  ~SingleMachineSlurm();  // ends all of its jobs and daemons
  SingleMachineSlurm(const SingleMachineSlurm&) = delete;
  SingleMachineSlurm& operator=(const SingleMachineSlurm&) = delete;

  // What a command needs to find this Slurm, and Open MPI to run as root.
  std::vector<std::pair<std::string, std::string>> environment() const;

  // What a command of Slurm prints; empty when it fails.
  std::string answer(std::vector<std::string> command) const;

  // "17_0 RUNNING", one line per element of every job that Slurm still remembers, sorted.
  std::vector<std::string> elements() const;

  void kill_controller();  // kill -9
  void start_controller();
  void kill_node(int node);  // kill -9 of slurmd; what runs on it goes on
  void start_node(int node);

 private:
  std::string configuration(const Options& options) const;
  std::unique_ptr<Process> start(const std::string& program, std::vector<std::string> arguments) const;
  void wait_for_nodes(int count) const;
  std::vector<pid_t> processes() const;  // that have our configuration in their environment
  void kill_everything();

  TemporaryFolder folder_{"pbn-slurm"};  // Slurm's configuration takes no spaces
  int port_;
  std::unique_ptr<Process> munge_, controller_;
  std::vector<std::unique_ptr<Process>> nodes_;
};

}  // namespace pbn
