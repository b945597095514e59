// A contest between our ranks and Python programs, all with the same network, people and cores: who does more images
// per second, and whose processes need less memory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/claim.h"
#include "bench/network/network_work.h"
#include "bench/program.h"

namespace pbn::bench {

struct NetworkContest {
  std::string name;         // "step": claims are step.WORK and step.memory.WORK
  std::string description;  // of the program
  std::vector<NetworkWork> works;
  std::string script;           // of the peers, in bench/peers; gets the work and how to do it as options
  double fp32_goal, bf16_goal;  // rates against the best peer of the same precision
  bool memory = false;          // claims about memory too
  std::function<RankMeasure(const NetworkWork&, const Ranks&)> set_up;  // our rank
};

// The whole program: options, the contests, and `--contestant NAME` when it is started as one of our ranks.
int run_network_contest(const NetworkContest& contest, int argc, char** argv);

}  // namespace pbn::bench
