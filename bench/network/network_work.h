// What the benchmarks of the network have it do, and our side of the contest: ranks under mpirun, as in a real run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/contest.h"
#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "worker/communication/ranks.h"

namespace pbn::bench {

// The plain network of 256 features on so many cores as there are ranks.
struct NetworkWork {
  std::string name{};  // "bf16.3stacks"
  Precision precision = Precision::fp32;
  int stacks = 1;
  int batch = 4;   // people in all, shared by the ranks
  int side = 256;  // input pixels

  std::string precision_name() const { return precision == Precision::bf16 ? "bf16" : "fp32"; }
};

inline constexpr int cores = 2;

// All other settings are the defaults of a run.
RunConfig configuration_of(const NetworkWork& work);

// People with random pixels and joints, in memory.
Batch random_people(int people, int side);

// This program once more, as `cores` ranks of one thread each: `program --contestant NAME`, which answers through
// run_as_contestant. It is a peer like the others.
Peer our_ranks(const NetworkWork& work);

// What one rank does for about so many seconds; rank 0 returns the figure.
using RankMeasure = std::function<double(double seconds)>;

// The body of such a rank: sets up, then works for as long as rank 0 is told to. Idle ranks sleep.
int run_as_contestant(int argc, char** argv, const std::function<RankMeasure(const Ranks&)>& set_up);

}  // namespace pbn::bench
