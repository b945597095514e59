#include "bench/network/network_contest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace pbn::bench {
namespace {

// A way in which a Python program can do the work; bf16 is autocast.
struct Way {
  std::string name;
  std::vector<std::string> options;
  bool is_for_bf16 = true;  // not too slow in bf16
};
const std::vector<Way> ways = {
    {"eager", {}, false},
    {"channels_last", {"--channels-last"}},
    {"torch.compile", {"--channels-last", "--compile"}},
    {"two processes", {"--channels-last", "--processes", "2"}},
    {"two processes, compiled", {"--channels-last", "--compile", "--processes", "2"}},
};

struct Racer {
  std::string name;
  Peer process;
};

std::vector<Racer> peers_for(const NetworkContest& contest, const NetworkWork& work) {
  std::vector<Racer> racers;
  for (const Way& way : ways) {
    if (!peer_python() || (work.precision == config::Precision::bf16 && !way.is_for_bf16)) continue;
    std::vector<std::string> options{"--stacks", std::to_string(work.stacks), "--batch",     std::to_string(work.batch),
                                     "--side",   std::to_string(work.side),   "--precision", work.precision_name()};
    options.insert(options.end(), way.options.begin(), way.options.end());
    fmt::print(stderr, "{}.{}: starting {}\n", contest.name, work.name, way.name);
    std::vector<std::string> command = limits_of(work);
    const std::vector<std::string> peer = peer_command(contest.script, options);
    command.insert(command.end(), peer.begin(), peer.end());
    racers.push_back({fmt::format("PyTorch {}", way.name), Peer(command)});
  }
  return racers;
}

std::vector<Claim> claims_of(const NetworkContest& contest, const NetworkWork& work, const Effort& effort) {
  std::vector<Racer> racers = peers_for(contest, work);
  racers.insert(racers.begin(), {"ours", own_contestant(work)});
  std::vector<Contestant> contestants;
  for (Racer& racer : racers) {
    contestants.push_back({racer.name, [&racer](double time) { return racer.process.measure(time); }});
  }
  const std::vector<double> rates = medians_in_turn(contestants, effort);
  std::vector<double> memory;
  for (const Racer& racer : racers) memory.push_back(racer.process.peak_mebibytes());
  for (std::size_t i = 0; i < racers.size(); ++i) {
    fmt::print(stderr, "{}.{}: {:28} {:7.2f} images/s, {:5.0f} MiB per process\n", contest.name, work.name,
               racers[i].name, rates[i], memory[i]);
  }
  const double goal = work.precision == config::Precision::bf16 ? contest.bf16_goal : contest.fp32_goal;
  Claim rate{.name = contest.name + "." + work.name, .ours = rates[0], .unit = "images/s", .goal = goal};
  Claim space{.name = contest.name + ".memory." + work.name,
              .ours = memory[0],
              .unit = "MiB per process",
              .goal = 1.25,
              .better = Better::less};
  if (racers.size() > 1) {
    const auto fastest = std::max_element(rates.begin() + 1, rates.end()) - rates.begin();
    const auto smallest = std::min_element(memory.begin() + 1, memory.end()) - memory.begin();
    rate.peer = rates[fastest], rate.peer_name = racers[fastest].name;
    space.peer = memory[smallest], space.peer_name = racers[smallest].name;
  }
  return contest.claims_memory ? std::vector{rate, space} : std::vector{rate};
}

int run_as_rank(const NetworkContest& contest, int argc, char** argv) {
  const auto work = std::find_if(contest.works.begin(), contest.works.end(),
                                 [&](const NetworkWork& one) { return one.name == argv[2]; });
  if (work == contest.works.end()) throw usage_error("--contestant", "", "there is no {}", argv[2]);
  return run_as_contestant(argc, argv, [&](const worker::Ranks& ranks) { return contest.set_up(*work, ranks); });
}

}  // namespace

int run_network_contest(const NetworkContest& contest, int argc, char** argv) {
  const std::string program = "bench_" + contest.name;
  if (argc == 3 && std::string(argv[1]) == "--contestant") {
    return run_and_report(program, [&] { return run_as_rank(contest, argc, argv); });
  }
  Benchmark benchmark{.name = program, .description = contest.description, .effort = {.seconds = 4}, .run = {}};
  benchmark.options.add_options()("only", po::value<std::string>()->default_value("")->value_name("TEXT"),
                                  "measure only works whose names begin with TEXT, such as bf16.3stacks");
  if (contest.add_options) contest.add_options(benchmark.options);
  benchmark.run = [&](const po::variables_map& arguments, const Effort& effort) {
    std::vector<Claim> claims;
    for (const NetworkWork& work : contest.works) {
      if (!work.name.starts_with(arguments["only"].as<std::string>())) continue;
      const auto some = claims_of(contest, work, effort);
      claims.insert(claims.end(), some.begin(), some.end());
    }
    if (!contest.more_claims) return claims;
    const auto more = contest.more_claims(arguments);
    claims.insert(claims.end(), more.begin(), more.end());
    return claims;
  };
  return run_benchmark(std::move(benchmark), argc, argv);
}

}  // namespace pbn::bench
