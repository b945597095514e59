// Which processors of this machine a rank computes on.
#pragma once

#include <string>
#include <vector>

namespace pbn {

// "0-3,8"
std::string as_ranges(const std::vector<int>& processors);

// Where a rank should compute among `ranks` of a host that may all use `allowed`: the processors of one NUMA node, so
// that its memory is near; nodes are dealt out in turn, as many ranks in each as it has processors in proportion. All
// of `allowed` where memory is equally near everywhere. `machine` is a synthetic topology of hwloc's, such as
// "numa:2 core:4 pu:1", or empty for this machine.
std::vector<int> near_processors(const std::vector<int>& allowed, int local_rank, int ranks,
                                 const std::string& machine = "");

// Those of `allowed` that are as near as can be to the device at this address of the PCI bus ("0000:3b:00.0"); all of
// them where none of these may be used, or nothing is known of the device. `machine` may also be an XML file of
// lstopo's.
std::vector<int> processors_near_pci_device(const std::vector<int>& allowed, const std::string& address,
                                            const std::string& machine = "");

// Lets this process, and the threads that it will start, use these only.
void stay_on(const std::vector<int>& processors);

}  // namespace pbn
