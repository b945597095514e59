// How well data-parallel training would scale: the time of a step on many devices, from that on one, the sizes of the
// gradient's buckets and what the links between devices can do.
//
// A sum over p ranks in a ring takes 2 (p - 1) (latency + bytes / (p bandwidth)): the alpha-beta model (Thakur,
// Rabenseifner and Gropp, "Optimization of Collective Communication Operations in MPICH", 2005). Over hosts it is done
// as libraries do: a reduce-scatter inside each host, rings between hosts, one for each device and all at once over the
// host's one link, and an all-gather inside. Buckets are summed one after the other, each from when backward has made
// it.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace pbn {

struct Link {
  double latency;    // seconds for a message
  double bandwidth;  // bytes per second in each direction
};

struct Cluster {
  std::string name;
  int devices_per_host;
  Link inside;   // between two devices of a host
  Link between;  // of a host to the others
};

// The clusters that --scaling-model predicts for: hosts of eight GPUs.
std::span<const Cluster> known_clusters();

// Seconds of the sum of so many bytes over `ranks` devices, host after host filled.
double sum_seconds(double bytes, int ranks, const Cluster& cluster);

// One step of one device alone.
struct StepTimes {
  double before;                // seconds before backward: loading, forward
  double backward;              // in which the gradient is made evenly, byte after byte
  double after;                 // the update
  std::vector<double> buckets;  // bytes, in the order of their sums
};

double step_seconds(const StepTimes& step, int ranks, const Cluster& cluster);

// What a device does in a step on its own over what it does with the others: 1 is perfect.
double efficiency(const StepTimes& step, int ranks, const Cluster& cluster);

}  // namespace pbn
