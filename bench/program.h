// What all bench_* programs share: options, errors, and how claims are printed.
#pragma once

#include <boost/program_options.hpp>
#include <functional>
#include <string>
#include <vector>

#include "bench/claim.h"

namespace pbn::bench {

using OptionsDescription = boost::program_options::options_description;
using Arguments = boost::program_options::variables_map;

struct Benchmark {
  std::string name;            // "bench_loader"
  std::string description;     // what is measured, against whom, and what it needs
  OptionsDescription options;  // its own, beside --rounds, --seconds and --json
  int rounds = 5;
  double seconds = 2;                                       // of one contestant in one round
  std::function<std::vector<Claim>(const Arguments&)> run;  // sees "rounds" (int) and "seconds" (double) too
};

// Prints the claims as a table, or as JSON with --json; progress and remarks go to standard error. Exit code 0 when it
// could measure, whether the claims hold or not.
int run_benchmark(Benchmark benchmark, int argc, char** argv);

}  // namespace pbn::bench
