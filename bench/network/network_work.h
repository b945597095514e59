// The work of the benchmarks of the network, and this project's contestant: ranks under mpirun, as in a real run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/contest.h"
#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "worker/communication/ranks.h"

namespace pbn::bench {

// Work for the network with the plain head and 256 features, on one core per rank.
struct NetworkWork {
  std::string name{};  // "bf16.3stacks"
  config::Precision precision = config::Precision::fp32;
  int stacks = 1;
  int batch = 4;   // people of all ranks together
  int side = 256;  // input pixels
  // As on a processor with AVX2 alone and with run.weight_gradients own. oneDNN, LibTorch and MKL are limited to AVX2,
  // for the peers, too; our passes over memory (model/kernels/cpu/elements.h) are not.
  bool has_only_avx2 = false;

  std::string precision_name() const { return precision == config::Precision::bf16 ? "bf16" : "fp32"; }
};

inline constexpr int cores = 2;

// Put before a command line, limits the program as the work says.
std::vector<std::string> limits_of(const NetworkWork& work);

// The settings that the work does not give have their default values.
config::RunConfig configuration_of(const NetworkWork& work);

// People with random pixels and joints, in memory.
data::Batch random_people(int people, int side);

// This program again as `cores` ranks of one thread each, `PROGRAM --contestant WORK`, which call run_as_contestant. It
// answers like every other peer.
Peer own_contestant(const NetworkWork& work);

// The body of such a rank: sets up, then measures for the seconds that rank 0 reads from its standard input, and prints
// the figure of rank 0. Idle ranks sleep.
int run_as_contestant(int argc, char** argv, const std::function<Measure(const worker::Ranks&)>& set_up);

}  // namespace pbn::bench
