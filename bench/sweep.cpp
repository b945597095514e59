// bench_sweep: the overhead of pbn run per run, against Python launchers.
#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/time.h"
#include "bench/contest.h"
#include "bench/program.h"
#include "tests/temporary_folder.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

fs::path neighbour(const char* program) {
  fs::path path = own_program().parent_path() / program;
  if (!fs::exists(path)) throw environment_error(path.string(), "build it with ./run build", "is not there");
  return path;
}

// Milliseconds per run of a whole `pbn run`: its start, the planning, and the files and processes of all attempts.
double milliseconds_per_run(int runs) {
  const TemporaryFolder folder("bench-sweep");
  const fs::path grid = folder.path() / "grid.yaml";
  write_atomically(grid, fmt::format("worker: {{command: [{}]}}\nseeds: 1..{}\nmetric: seed\n",
                                     Json(neighbour("instant_worker").string()).dump(), runs));
  ProcessOptions pbn;
  pbn.command = {neighbour("pbn").string(), "run", grid.string(), "--store", folder.path().string(), "--slots", "2"};
  pbn.output = folder.path() / "output";
  const Stopwatch stopwatch;
  const int code = Process(pbn).wait();
  const double seconds = stopwatch.seconds();
  const std::string output = read_file(pbn.output);
  if (code != 0 || output.find(fmt::format("{} runs finished now", runs)) == std::string::npos) {
    throw environment_error("pbn run", "", "did not complete its runs: {}", output);
  }
  return 1000 * seconds / runs;
}

std::vector<Claim> compare(const po::variables_map& arguments, const Effort& effort) {
  const int runs = arguments["runs"].as<int>();
  std::vector<Contestant> contestants{
      {"pbn", [runs](double seconds) { return milliseconds_per_run(seconds <= 1 ? std::min(runs, 100) : runs); }}};
  if (peer_python()) {
    for (const char* launcher : {"submitit", "hydra"}) {
      contestants.push_back(python_contestant(launcher, "sweep.py", {launcher, neighbour("instant_worker").string()}));
    }
  }
  const std::vector<double> times = medians_in_turn(contestants, effort);
  for (std::size_t c = 0; c < times.size(); ++c)
    fmt::print(stderr, "{}: {:.1f} ms per run\n", contestants[c].name, times[c]);
  Claim claim{"sweep.overhead", times[0], {},          "submitit and hydra-joblib-launcher, the better",
              "ms/run",         5,        Better::less};
  if (times.size() > 1) claim.peer = std::min(times[1], times[2]);
  return {claim};
}

Benchmark benchmark() {
  Benchmark sweep{
      .name = "bench_sweep",
      .description =
          R"(A thousand runs of a worker that only writes its result, two at a time, by pbn run: the goal is at most 20 ms per
run, start and planning included. The peers, submitit's local executor and Hydra's joblib launcher, start the same
program from Python, two at a time and fewer of them; their own start is not counted.)",
      .effort = {.rounds = 3, .seconds = 8},
      .run = compare};
  sweep.options.add_options()("runs", po::value<int>()->default_value(1000), "number of runs in each round of pbn");
  return sweep;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_benchmark(pbn::bench::benchmark(), argc, argv); }
