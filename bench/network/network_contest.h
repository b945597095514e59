// A contest between ranks of pbn_worker and Python programs with the same network, people and cores: images per second,
// and memory of a process.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/claim.h"
#include "bench/network/network_work.h"
#include "bench/program.h"

namespace pbn::bench {

struct NetworkContest {
  std::string name;  // "step": claims are step.WORK and step.memory.WORK
  std::string description;
  std::vector<NetworkWork> works;
  std::string script;           // the peers' program in bench/peers; its options are the work and a way to do it
  double fp32_goal, bf16_goal;  // ratios to the best peer of the same precision
  bool claims_memory = false;   // adds claims about memory
  std::function<Measure(const NetworkWork&, const worker::Ranks&)> set_up;  // prepares a rank of this program

  // Claims of other machines than this one of two cores, whose names begin with that of --only, and their options.
  std::function<void(po::options_description&)> add_options = {};
  std::function<std::vector<Claim>(const po::variables_map&)> more_claims = {};
};

// The whole program; with `--contestant WORK` it is one of its own ranks.
int run_network_contest(const NetworkContest& contest, int argc, char** argv);

}  // namespace pbn::bench
