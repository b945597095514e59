// The processors and GPUs of this machine, dealt out to runs that train at the same time: no two get the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pbn {

struct MachineShare {
  std::vector<int> processors;       // Linux's numbers; empty: not confined
  std::vector<std::string> devices;  // GPUs, as CUDA_VISIBLE_DEVICES names them
  double memory_mib = 0;             // 0: not known
};

// What this process may use: its processors as sched_getaffinity(2) says (a batch job or a container has fewer than the
// machine), its GPUs as CUDA_VISIBLE_DEVICES says, else all of /dev/nvidia0, /dev/nvidia1, ..., and the memory that is
// available now, in the machine and in its control group.
MachineShare whole_machine();

// What a run would like to have.
struct MachineNeeds {
  int processors = 1;
  int devices = 0;
  double memory_mib = 0;  // 0: not known
};

class MachineShares {
 public:
  // `slots` runs at a time, each with an equal part of the processors; 0: as many as there is room for by their needs,
  // of memory too.
  MachineShares(MachineShare whole, int slots);

  // Nothing while there is no room. A run that needs more than there is gets all there is once nothing else runs. With
  // more slots than processors nobody is confined.
  std::optional<MachineShare> take(const MachineNeeds& needs);
  void give_back(const MachineShare& share);

 private:
  MachineShare whole_, free_;
  int slots_, running_ = 0;
};

}  // namespace pbn
