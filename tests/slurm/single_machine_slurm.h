// A real Slurm on this machine for the duration of a test, with its own configuration, keys, ports and job numbers in a
// temporary folder, without systemd, database or control groups. Several can run at the same time, also next to a
// cluster's Slurm.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/process.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {

class SingleMachineSlurm {
 public:
  struct Options {
    int nodes = 2;  // with 8 processors, 8 GB and 2 fake GPUs each
    int max_array_size = 1001;
    bool requeues_jobs = true;
    bool kills_over_memory = false;  // jobs that use more memory than they asked for
    bool preempts = false;           // jobs in the partition "urgent" preempt others
  };

  // Why Slurm cannot be started here, for skipping a test; empty if it can.
  static std::string obstacle();

  // Returns once all nodes are idle. Throws an environment error with the log if they do not become idle.
  explicit SingleMachineSlurm(const Options& options);
  ~SingleMachineSlurm();  // kills all jobs and daemons
  SingleMachineSlurm(const SingleMachineSlurm&) = delete;
  SingleMachineSlurm& operator=(const SingleMachineSlurm&) = delete;

  // Variables that let commands find this Slurm and let Open MPI run as root.
  std::vector<std::pair<std::string, std::string>> environment() const;

  // The output of a Slurm command; empty if it fails.
  std::string answer(std::vector<std::string> command) const;

  // One line "17_0 RUNNING" per element of every job that Slurm remembers, sorted.
  std::vector<std::string> elements() const;

  void kill_controller();  // kill -9
  void start_controller();
  void kill_node(int node);  // kill -9 of slurmd; the node's jobs keep running
  void start_node(int node);

 private:
  std::string configuration(const Options& options) const;
  std::unique_ptr<Process> start(const std::string& program, std::vector<std::string> arguments) const;
  void wait_for_nodes(int count) const;
  std::vector<pid_t> processes() const;  // with this Slurm's configuration in their environment
  void kill_everything();

  TemporaryFolder folder_{"pbn-slurm"};  // Slurm's configuration allows no spaces in paths
  int port_;
  std::unique_ptr<Process> munge_, controller_;
  std::vector<std::unique_ptr<Process>> nodes_;
};

}  // namespace pbn::slurm
