#include "bench/program.h"

#include <fmt/format.h>

#include <sstream>

#include "base/error.h"

namespace pbn::bench {
namespace {

namespace po = boost::program_options;

Arguments parse(const OptionsDescription& options, const std::string& program, int argc, char** argv) {
  Arguments arguments;
  try {
    po::store(po::parse_command_line(argc, argv, options), arguments);
    po::notify(arguments);
  } catch (const po::error& error) {
    throw usage_error(program, "see --help", "{}", error.what());
  }
  return arguments;
}

}  // namespace

int run_benchmark(Benchmark benchmark, int argc, char** argv) {
  return run_and_report(benchmark.name, [&] {
    benchmark.options.add_options()("rounds", po::value<int>()->default_value(benchmark.rounds)->value_name("N"),
                                    "rounds in which all are measured in turn; medians are shown")(
        "seconds", po::value<double>()->default_value(benchmark.seconds)->value_name("S"),
        "that each is measured in a round")("json", "print the claims as JSON")("help,h", "this page");
    const Arguments arguments = parse(benchmark.options, benchmark.name, argc, argv);
    if (arguments.count("help")) {
      std::ostringstream options;
      options << benchmark.options;
      fmt::print("{}\n\nUsage: {} [OPTIONS]\n{}\nExample:\n  build/bin/{} --rounds 3\n", benchmark.description,
                 benchmark.name, options.str(), benchmark.name);
      return 0;
    }
    if (arguments["rounds"].as<int>() < 1) throw usage_error("--rounds", "", "there must be at least one");
    const std::vector<Claim> claims = benchmark.run(arguments);
    fmt::print("{}", arguments.count("json") ? to_json(claims).dump(1) + "\n" : table_of(claims).to_text());
    return 0;
  });
}

}  // namespace pbn::bench
