// bench_allreduce: the sums of gradients over the ranks of this machine, against MPI_Allreduce in the same job.
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "bench/mpi_job.h"
#include "bench/program.h"
#include "worker/communication/ranks.h"

namespace pbn::bench {
namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

struct Size {
  const char* name;
  std::int64_t bytes;
};
constexpr Size sizes[] = {{"1KB", 1000},        {"10KB", 10'000},     {"100KB", 100'000},     {"1MB", 1'000'000},
                          {"10MB", 10'000'000}, {"25MB", 25'000'000}, {"100MB", 100'000'000}, {"200MB", 200'000'000}};

// Seconds of one sum, of the slowest rank.
double seconds_of(const std::function<void()>& sum, std::int64_t times) {
  MPI_Barrier(MPI_COMM_WORLD);
  const auto start = Clock::now();
  for (std::int64_t i = 0; i < times; ++i) sum();
  double seconds = std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(times);
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return seconds;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Medians of rounds in turn, each of so many seconds.
Json medians_of(const std::vector<std::pair<std::string, std::function<void()>>>& ways, int rounds, double seconds) {
  std::vector<std::vector<double>> times(ways.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const double once = seconds_of(ways[i].second, 3);  // warms it up, too
      const auto repetitions = std::clamp<std::int64_t>(std::llround(seconds / once), 2, 200'000);
      times[i].push_back(seconds_of(ways[i].second, repetitions));
    }
  }
  Json medians;
  for (std::size_t i = 0; i < ways.size(); ++i) medians[ways[i].first] = median(times[i]);
  return medians;
}

void require_sum(const at::Tensor& tensor, const std::function<void()>& sum, int ranks, int rank) {
  tensor.fill_(rank + 1);
  sum();
  if (!(tensor == ranks * (ranks + 1) / 2).all().item<bool>()) throw bug_error("", "", "a wrong sum");
  tensor.zero_();  // what is summed again and again stays finite
}

// Seconds of one sum for each way, medians of rounds in turn.
Json measure(const Size& size, Communicator& communicator, int rounds, double seconds) {
  const std::int64_t elements = size.bytes / 4;
  const at::Tensor gradient = communicator.zeros(elements, at::kFloat);
  const at::Tensor elsewhere = at::zeros({elements}, at::kFloat);
  const at::Tensor result = at::zeros({elements}, at::kFloat);  // for the peer, which sums in place more slowly
  const std::vector<std::pair<std::string, std::function<void()>>> ways = {
      {"gradient", [&] { communicator.sum(gradient); }},
      {"elsewhere", [&] { communicator.sum(elsewhere); }},
      {"mpi_in_place",
       [&] {
         MPI_Allreduce(MPI_IN_PLACE, elsewhere.data_ptr(), static_cast<int>(elements), MPI_FLOAT, MPI_SUM,
                       MPI_COMM_WORLD);
       }},
      {"mpi",
       [&] {
         MPI_Allreduce(elsewhere.data_ptr(), result.data_ptr(), static_cast<int>(elements), MPI_FLOAT, MPI_SUM,
                       MPI_COMM_WORLD);
       }},
  };
  const at::Tensor results[] = {gradient, elsewhere, elsewhere, result};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    elsewhere.fill_(communicator.rank() + 1);
    require_sum(results[i], ways[i].second, communicator.size(), communicator.rank());
  }
  elsewhere.zero_();
  return medians_of(ways, rounds, seconds);
}

constexpr std::int64_t wire_bytes = 100'000'000;

// As training sums a gradient of that size between hosts, as it is and rounded to bfloat16 (train.wire).
Json measure_wires(const Ranks& ranks, int rounds, double seconds) {
  const auto communicator = ranks.host_communicator("mpi");
  const at::Tensor gradient = communicator->zeros(wire_bytes / 4, at::kFloat);
  const at::Tensor sent = communicator->zeros(wire_bytes / 4, at::kBFloat16);
  return medians_of({{"fp32", [&] { communicator->sum(gradient); }},
                     {"bf16",
                      [&] {
                        sent.copy_(gradient);
                        communicator->sum(sent);
                        gradient.copy_(sent);
                      }}},
                    rounds, seconds);
}

int work_as_rank(int argc, char** argv) {
  const Ranks ranks(argc, argv);
  const int rounds = std::atoi(argv[2]);
  const double seconds = std::atof(argv[3]);
  Json answer;
  for (const Size& size : sizes) {
    const auto communicator = ranks.host_communicator();  // one for each size, so that memory is given back
    answer[size.name] = measure(size, *communicator, rounds, seconds);
    if (ranks.rank() == 0) {
      fmt::print(stderr, "{} ranks, {:>5}: {}\n", ranks.size(), size.name, answer[size.name].dump());
    }
  }
  answer["wire"] = measure_wires(ranks, rounds, seconds);
  if (ranks.rank() == 0) fmt::print(stderr, "{} ranks, by MPI: {}\n", ranks.size(), answer["wire"].dump());
  if (ranks.rank() == 0) write_atomically(argv[argc - 1], answer.dump());
  return 0;
}

std::vector<Claim> claims_of(int ranks, const Json& seconds) {
  std::vector<Claim> claims;
  for (const Size& size : sizes) {
    const auto rate = [&](const char* way) {
      return static_cast<double>(size.bytes) / seconds.at(size.name).at(way).get<double>() * 1e-9;
    };
    const double peer = std::max(rate("mpi"), rate("mpi_in_place"));
    const bool is_large = size.bytes >= 10'000'000 && size.bytes <= 100'000'000;
    claims.push_back({.name = fmt::format("allreduce.{}.{}ranks", size.name, ranks),
                      .ours = rate("gradient"),
                      .peer = peer,
                      .peer_name = "MPI_Allreduce",
                      .unit = "GB/s",
                      .goal = is_large && ranks == 2 ? 1.5 : 1});
    claims.push_back({.name = fmt::format("allreduce.elsewhere.{}.{}ranks", size.name, ranks),
                      .ours = rate("elsewhere"),
                      .peer = peer,
                      .peer_name = "MPI_Allreduce",
                      .unit = "GB/s",
                      .goal = 1});
  }
  const auto rate = [&](const char* wire) {
    return static_cast<double>(wire_bytes) / seconds.at("wire").at(wire).get<double>() * 1e-9;
  };
  claims.push_back({.name = fmt::format("allreduce.bf16.100MB.{}ranks", ranks),
                    .ours = rate("bf16"),
                    .peer = rate("fp32"),
                    .peer_name = "ours in fp32",
                    .unit = "GB/s",
                    .goal = 1});
  return claims;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) {
  using namespace pbn::bench;
  if (argc == 5 && std::string(argv[1]) == "--rank") {
    return pbn::run_and_report("bench_allreduce", [&] { return work_as_rank(argc, argv); });
  }
  Benchmark benchmark{
      .name = "bench_allreduce",
      .description =
          "Sums of float32 over the ranks of this machine: of gradients in memory that the ranks share, as\n"
          "training has them, and of tensors elsewhere (allreduce.elsewhere), against MPI_Allreduce of the\n"
          "same job. The figure is the size of the tensor over the time that the slowest rank took. allreduce.bf16 is "
          "a\n"
          "float32 gradient summed by MPI, as between hosts, rounded to bfloat16 on the way (train.wire).",
      .options = {},
      .seconds = 0.3,
      .run = {}};
  benchmark.options.add_options()("ranks",
                                  boost::program_options::value<std::vector<int>>()->multitoken()->value_name("N..."),
                                  "how many ranks; without it 2 and 4");
  benchmark.run = [](const Arguments& arguments) {
    std::vector<Claim> claims;
    const auto counts = arguments.count("ranks") ? arguments["ranks"].as<std::vector<int>>() : std::vector{2, 4};
    for (const int ranks : counts) {
      const pbn::Json seconds = answer_of_ranks(ranks, {"--rank", std::to_string(arguments["rounds"].as<int>()),
                                                        std::to_string(arguments["seconds"].as<double>())});
      const std::vector<Claim> some = claims_of(ranks, seconds);
      claims.insert(claims.end(), some.begin(), some.end());
    }
    return claims;
  };
  return run_benchmark(std::move(benchmark), argc, argv);
}
