#include "worker/device/processors.h"

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>

#include <memory>
#include <utility>

namespace pbn::worker {
namespace {

struct Destroy {
  void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
  void operator()(hwloc_bitmap_s* bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Topology = std::unique_ptr<hwloc_topology, Destroy>;
using Bitmap = std::unique_ptr<hwloc_bitmap_s, Destroy>;

Topology load(const std::string& machine) {
  hwloc_topology_t topology = nullptr;
  hwloc_topology_init(&topology);
  if (machine.ends_with(".xml")) {
    hwloc_topology_set_xml(topology, machine.c_str());
  } else if (!machine.empty()) {
    hwloc_topology_set_synthetic(topology, machine.c_str());
  }
  hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_IMPORTANT);
  hwloc_topology_load(topology);
  return Topology(topology);
}

std::vector<int> numbers_in(hwloc_const_bitmap_t bitmap) {
  std::vector<int> numbers;
  for (int number = hwloc_bitmap_first(bitmap); number >= 0; number = hwloc_bitmap_next(bitmap, number)) {
    numbers.push_back(number);
  }
  return numbers;
}

Bitmap bitmap_of(const std::vector<int>& numbers) {
  Bitmap bitmap(hwloc_bitmap_alloc());
  for (const int number : numbers) hwloc_bitmap_set(bitmap.get(), static_cast<unsigned>(number));
  return bitmap;
}

std::vector<int> numbers_in_both(const Bitmap& some, hwloc_const_bitmap_t others) {
  const Bitmap shared(hwloc_bitmap_alloc());
  hwloc_bitmap_and(shared.get(), some.get(), others);
  return numbers_in(shared.get());
}

}  // namespace

std::string as_ranges(const std::vector<int>& processors) {
  std::string text;
  for (std::size_t first = 0, last = 0; first < processors.size(); first = ++last) {
    while (last + 1 < processors.size() && processors[last + 1] == processors[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", processors[first]);
    if (last > first) text += fmt::format("-{}", processors[last]);
  }
  return text;
}

std::vector<int> near_processors(const std::vector<int>& allowed, int local_rank, int ranks,
                                 const std::string& machine) {
  const Topology topology = load(machine);
  const Bitmap usable = bitmap_of(allowed);
  std::vector<std::vector<int>> nodes;
  const int count = hwloc_get_nbobjs_by_type(topology.get(), HWLOC_OBJ_NUMANODE);
  for (int i = 0; i < count; ++i) {
    const hwloc_obj_t node = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_NUMANODE, static_cast<unsigned>(i));
    if (auto shared = numbers_in_both(usable, node->cpuset); !shared.empty()) nodes.push_back(std::move(shared));
  }
  if (nodes.size() < 2 || ranks < 2) return allowed;
  // The rank's place among all processors in the order of the nodes.
  std::size_t place = allowed.size() * static_cast<std::size_t>(local_rank) / static_cast<std::size_t>(ranks);
  std::size_t node = 0;
  while (node + 1 < nodes.size() && place >= nodes[node].size()) place -= nodes[node++].size();
  return nodes[node];
}

std::vector<int> processors_near_pci_device(const std::vector<int>& allowed, const std::string& address,
                                            const std::string& machine) {
  const Topology topology = load(machine);
  const hwloc_obj_t device = hwloc_get_pcidev_by_busidstring(topology.get(), address.c_str());
  if (!device) return allowed;
  // A device has no processors, but the nearest ancestor that is no I/O object has.
  const hwloc_obj_t place = hwloc_get_non_io_ancestor_obj(topology.get(), device);
  std::vector<int> near = numbers_in_both(bitmap_of(allowed), place->cpuset);
  return near.empty() ? allowed : near;
}

void bind_to(const std::vector<int>& processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int number : processors) CPU_SET(number, &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace pbn::worker
