// The processors of this machine on which a rank computes.
#pragma once

#include <string>
#include <vector>

namespace pbn::worker {

// "0-3,8"
std::string as_ranges(const std::vector<int>& processors);

// The processors for one of `ranks` ranks of a host that may all use `allowed`: those of one NUMA node, so that the
// rank's memory is near. Each node gets ranks in proportion to its processors. All of `allowed` if there is only one
// node. `machine` is a synthetic topology of hwloc, such as "numa:2 core:4 pu:1", or empty for this machine.
std::vector<int> near_processors(const std::vector<int>& allowed, int local_rank, int ranks,
                                 const std::string& machine = "");

// The processors of `allowed` that are nearest to the device at this PCI address ("0000:3b:00.0"); all of `allowed` if
// it contains none of them or the device is unknown. `machine` may also be an XML file written by lstopo.
std::vector<int> processors_near_pci_device(const std::vector<int>& allowed, const std::string& address,
                                            const std::string& machine = "");

// Restricts this process and the threads that it will start to these processors.
void bind_to(const std::vector<int>& processors);

}  // namespace pbn::worker
