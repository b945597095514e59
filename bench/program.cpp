#include "bench/program.h"

#include <fmt/format.h>

#include <sstream>

#include "base/error.h"

namespace pbn::bench {
namespace {

po::variables_map parse(const po::options_description& options, const std::string& program, int argc, char** argv) {
  po::variables_map arguments;
  try {
    po::store(po::parse_command_line(argc, argv, options), arguments);
  } catch (const po::error& error) {
    throw usage_error(program, "see --help", "{}", error.what());
  }
  return arguments;
}

}  // namespace

int run_benchmark(Benchmark benchmark, int argc, char** argv) {
  return run_and_report(benchmark.name, [&] {
    Effort effort = benchmark.effort;
    benchmark.options.add_options()("rounds", po::value<int>()->default_value(effort.rounds)->value_name("N"),
                                    "number of rounds in which all are measured in turn; medians are shown")(
        "seconds", po::value<double>()->default_value(effort.seconds)->value_name("S"),
        "time of each measurement in a round")("json", "print the claims as JSON")("help,h", "show this text");
    const po::variables_map arguments = parse(benchmark.options, benchmark.name, argc, argv);
    if (arguments.count("help")) {
      std::ostringstream options;
      options << benchmark.options;
      fmt::print("{}\n\nUsage: {} [OPTIONS]\n{}\nExample:\n  build/bin/{} --rounds 3\n", benchmark.description,
                 benchmark.name, options.str(), benchmark.name);
      return 0;
    }
    effort = {arguments["rounds"].as<int>(), arguments["seconds"].as<double>()};
    if (effort.rounds < 1) throw usage_error("--rounds", "", "there must be at least one");
    const std::vector<Claim> claims = benchmark.run(arguments, effort);
    fmt::print("{}", arguments.count("json") ? to_json(claims).dump(1) + "\n" : table_of(claims).to_text());
    return 0;
  });
}

}  // namespace pbn::bench
