#include "worker/scaling_model.h"

#include <algorithm>
#include <array>

namespace pbn {
namespace {

// One half of a sum: reduce-scatter or all-gather in a ring.
double half_ring_seconds(double bytes, int ranks, const Link& link) {
  return (ranks - 1) * (link.latency + bytes / (ranks * link.bandwidth));
}

}  // namespace

std::span<const Cluster> known_clusters() {
  constexpr double gigabit = 1e9 / 8;
  constexpr Link nvlink{3e-6, 450e9 * 0.8};  // of the fourth generation, 450 GB/s in each direction, a fifth lost
  static const std::array<Cluster, 2> clusters{{
      {"NVLink, 100 Gb/s between hosts", 8, nvlink, {10e-6, 100 * gigabit * 0.9}},
      {"NVLink, 400 Gb/s between hosts", 8, nvlink, {10e-6, 400 * gigabit * 0.9}},
  }};
  return clusters;
}

double sum_seconds(double bytes, int ranks, const Cluster& cluster) {
  const int local = std::min(ranks, cluster.devices_per_host);
  const int hosts = (ranks + cluster.devices_per_host - 1) / cluster.devices_per_host;
  return 2 * half_ring_seconds(bytes, local, cluster.inside) + 2 * half_ring_seconds(bytes, hosts, cluster.between);
}

double step_seconds(const StepTimes& step, int ranks, const Cluster& cluster) {
  double all = 0;
  for (const double bytes : step.buckets) all += bytes;
  double made = 0;
  double summed = 0;  // when the bucket before is done
  for (const double bytes : step.buckets) {
    made += bytes;
    const double ready = step.before + step.backward * made / all;
    summed = std::max(ready, summed) + sum_seconds(bytes, ranks, cluster);
  }
  return std::max(summed, step.before + step.backward) + step.after;
}

double efficiency(const StepTimes& step, int ranks, const Cluster& cluster) {
  return (step.before + step.backward + step.after) / step_seconds(step, ranks, cluster);
}

}  // namespace pbn
