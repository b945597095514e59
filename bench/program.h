// What all bench_* programs share: options, errors, and how they print their claims.
#pragma once

#include <boost/program_options.hpp>
#include <functional>
#include <string>
#include <vector>

#include "bench/claim.h"
#include "bench/contest.h"

namespace pbn::bench {

namespace po = boost::program_options;

struct Benchmark {
  std::string name;                   // "bench_loader"
  std::string description;            // what is measured, against whom, and what it needs
  po::options_description options{};  // besides --rounds, --seconds and --json
  Effort effort{};                    // unless --rounds and --seconds say otherwise
  std::function<std::vector<Claim>(const po::variables_map&, const Effort&)> run;
};

// Prints the claims as a table, or as JSON with --json; progress and remarks go to standard error. The exit code is 0
// when the measurements succeed, even if a claim does not hold.
int run_benchmark(Benchmark benchmark, int argc, char** argv);

}  // namespace pbn::bench
