// bench_roofline: the roofline of the paper's training step on GPUs (bench/roofline/roofline.h). It measures nothing.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <sstream>

#include "base/error.h"
#include "bench/network/network_work.h"
#include "bench/roofline/roofline.h"

namespace pbn::bench {
namespace {

namespace po = boost::program_options;

constexpr const char* description =
    R"(The roofline of a training step in bf16: for each kernel the larger of bytes over bandwidth and operations over peak.
The calls are those of the network itself, counted without a GPU.)";

void print(const NetworkWork& work, bool as_markdown) {
  const std::vector<KernelCall> calls = calls_of_step(configuration_of(work).model, work.batch, work.side);
  const Table table = table_of(calls, known_limits());
  fmt::print("{} people:\n\n{}\n", work.batch, as_markdown ? table.to_markdown() : table.to_text());
  for (const GpuLimits& gpu : known_limits()) {
    const double seconds = seconds_on(gpu, calls);
    double operations = 0;
    for (const KernelCall& call : calls) operations += call.operations;
    fmt::print("{}: {:.1f} ms, {:.0f} images/s, {:.0f}% of the peak\n", gpu.name, 1e3 * seconds, work.batch / seconds,
               100 * operations / seconds / gpu.bf16_flops);
  }
  fmt::print("\n");
}

int run(int argc, char** argv) {
  po::options_description options;
  options.add_options()("people", po::value<std::vector<int>>()->multitoken()->value_name("N..."),
                        "people of a step (default: 16 32)")(
      "stacks", po::value<int>()->default_value(8)->value_name("N"), "stacks of the network")(
      "side", po::value<int>()->default_value(256)->value_name("PIXELS"), "side of the input")(
      "markdown", "print the tables as Markdown")("help,h", "show this text");
  po::variables_map given;
  try {
    po::store(po::parse_command_line(argc, argv, options), given);
  } catch (const po::error& error) {
    throw usage_error("bench_roofline", "see --help", "{}", error.what());
  }
  if (given.count("help")) {
    std::ostringstream text;
    text << options;
    fmt::print("{}\n\nUsage: bench_roofline [OPTIONS]\n{}\nExample:\n  build/bin/bench_roofline --people 16\n",
               description, text.str());
    return 0;
  }
  const auto numbers = given.count("people") ? given["people"].as<std::vector<int>>() : std::vector<int>{16, 32};
  for (const int people : numbers) {
    print({.precision = config::Precision::bf16,
           .stacks = given["stacks"].as<int>(),
           .batch = people,
           .side = given["side"].as<int>()},
          given.count("markdown") > 0);
  }
  return 0;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) {
  return pbn::run_and_report("bench_roofline", [&] { return pbn::bench::run(argc, argv); });
}
