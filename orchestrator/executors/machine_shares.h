// Shares out the processors, GPUs and memory of this machine among concurrent runs. No two runs share a processor or
// GPU.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pbn::executors {

struct MachineShare {
  std::vector<int> processors;       // Linux's numbers; empty: any processor
  std::vector<std::string> devices;  // GPUs, as CUDA_VISIBLE_DEVICES names them
  double memory_mib = 0;             // 0: unknown
};

// The resources of this process: processors from sched_getaffinity(2), which a batch job or container restricts; GPUs
// from CUDA_VISIBLE_DEVICES, otherwise all of /dev/nvidia0, /dev/nvidia1, ...; and the memory that is available now in
// the machine and in its control groups.
MachineShare whole_machine();

// The resources that a run needs.
struct MachineNeeds {
  int processors = 1;
  int devices = 0;
  double memory_mib = 0;  // 0: unknown
};

class MachineShares {
 public:
  // Allows `slots` runs at a time, each with an equal share of the processors; 0 allows as many runs as the resources
  // suffice for.
  MachineShares(MachineShare whole, int slots);

  // Nothing while the free resources do not suffice. A run that needs more than the machine has gets the whole machine
  // once nothing else runs. With more slots than processors, runs may use any processor.
  std::optional<MachineShare> take(const MachineNeeds& needs);
  void give_back(const MachineShare& share);

 private:
  MachineShare whole_, free_;
  int slots_, running_ = 0;
};

}  // namespace pbn::executors
