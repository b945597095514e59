// bench_sweep: what carrying out a run costs beside the run itself, ours against Python's launchers.
#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "bench/contest.h"
#include "bench/program.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

// Goes with all that is in it at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "bench-sweep-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw environment_error(pattern, "", "cannot be made");
    folder_.emplace(pattern);
  }
  const fs::path& path() const { return folder_->path(); }

 private:
  std::optional<TemporaryPath> folder_;
};

fs::path neighbour(const char* program) {
  const fs::path path = own_program().parent_path() / program;
  if (!fs::exists(path)) throw environment_error(path.string(), "build it with ./run build", "is not there");
  return path;
}

// Milliseconds per run of a whole `pbn run`: starting, planning, and every run's attempt, files and process.
double milliseconds_per_run(int runs) {
  const Folder folder;
  const fs::path grid = folder.path() / "grid.yaml";
  write_atomically(grid, fmt::format("worker: {{command: [{}]}}\nseeds: 1..{}\nmetric: seed\n",
                                     Json(neighbour("instant_worker").string()).dump(), runs));
  ProcessOptions pbn;
  pbn.command = {neighbour("pbn").string(), "run", grid.string(), "--store", folder.path().string(), "--slots", "2"};
  pbn.output = folder.path() / "output";
  const auto start = std::chrono::steady_clock::now();
  const int code = Process(pbn).wait();
  const auto time = std::chrono::steady_clock::now() - start;
  const std::string said = read_file(pbn.output);
  if (code != 0 || said.find(fmt::format("{} runs finished now", runs)) == std::string::npos) {
    throw environment_error("pbn run", "", "did not carry out its runs: {}", said.substr(said.size() - 300));
  }
  return std::chrono::duration<double, std::milli>(time).count() / runs;
}

std::vector<Claim> compare(const Arguments& arguments) {
  const int runs = arguments["runs"].as<int>();
  std::vector<Contestant> contestants{
      {"pbn", [runs](double seconds) { return milliseconds_per_run(seconds <= 1 ? std::min(runs, 100) : runs); }}};
  const auto python = peer_python();
  for (const char* how : {"submitit", "hydra"}) {
    if (!python) break;
    auto peer = std::make_shared<Peer>(std::vector<std::string>{python->string(), peer_script("sweep.py").string(), how,
                                                                neighbour("instant_worker").string()});
    contestants.push_back({how, [peer](double seconds) { return peer->measure(seconds); }});
  }
  const std::vector<double> times =
      medians_in_turn(contestants, arguments["rounds"].as<int>(), arguments["seconds"].as<double>());
  for (std::size_t c = 0; c < times.size(); ++c)
    fmt::print(stderr, "{}: {:.1f} ms per run\n", contestants[c].name, times[c]);
  Claim claim{"sweep.overhead", times[0], {},          "submitit and hydra-joblib-launcher, the better",
              "ms/run",         5,        Better::less};
  if (python) claim.peer = std::min(times[1], times[2]);
  return {claim};
}

Benchmark benchmark() {
  namespace po = boost::program_options;
  Benchmark sweep;
  sweep.name = "bench_sweep";
  sweep.description =
      "A thousand runs of a worker that only writes its result, two at a time, by `pbn run`: at most 20 ms per run is\n"
      "the goal, starting and planning included. The peers start the same program from Python, two at a time, fewer "
      "of\n"
      "them; their own start is not counted. submitit's local executor, and Hydra's joblib launcher.";
  sweep.rounds = 3;
  sweep.seconds = 8;
  sweep.options.add_options()("runs", po::value<int>()->default_value(1000), "in each of our rounds");
  sweep.run = compare;
  return sweep;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_benchmark(pbn::bench::benchmark(), argc, argv); }
