// bench_allreduce: sums of gradients over the ranks of this machine, against MPI_Allreduce in the same job.
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "bench/mpi_job.h"
#include "bench/program.h"
#include "worker/communication/ranks.h"

namespace pbn::bench {
namespace {

struct Size {
  const char* name;
  std::int64_t bytes;
};
constexpr Size sizes[] = {{"1KB", 1000},        {"10KB", 10'000},     {"100KB", 100'000},     {"1MB", 1'000'000},
                          {"10MB", 10'000'000}, {"25MB", 25'000'000}, {"100MB", 100'000'000}, {"200MB", 200'000'000}};

// Seconds of one sum on the slowest rank.
double seconds_of(const std::function<void()>& sum, std::int64_t times) {
  MPI_Barrier(MPI_COMM_WORLD);
  const Stopwatch stopwatch;
  for (std::int64_t i = 0; i < times; ++i) sum();
  double seconds = stopwatch.seconds() / static_cast<double>(times);
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return seconds;
}

using Sums = std::vector<std::pair<std::string, std::function<void()>>>;  // ways to compute a sum, by name

// Seconds of one sum for each way: medians of rounds in turn.
Json medians_of(const Sums& sums, const Effort& effort) {
  std::map<std::string, std::vector<double>> times;
  for (int round = 0; round < effort.rounds; ++round) {
    for (const auto& [name, sum] : sums) {
      const double once = seconds_of(sum, 3);  // also a warm-up
      const auto repetitions = std::clamp<std::int64_t>(std::llround(effort.seconds / once), 2, 200'000);
      times[name].push_back(seconds_of(sum, repetitions));
    }
  }
  Json medians;
  for (const auto& [name, seconds] : times) medians[name] = median(seconds);
  return medians;
}

void require_sum(const at::Tensor& tensor, const std::function<void()>& sum, int ranks, int rank) {
  tensor.fill_(rank + 1);
  sum();
  if (!(tensor == ranks * (ranks + 1) / 2).all().item<bool>()) throw bug_error("", "", "a wrong sum");
  tensor.zero_();  // repeated sums stay finite
}

Json measure(const Size& size, worker::Communicator& communicator, const Effort& effort) {
  const std::int64_t elements = size.bytes / 4;
  const at::Tensor gradient = communicator.zeros(elements, at::kFloat);
  const at::Tensor elsewhere = at::zeros({elements}, at::kFloat);
  const at::Tensor result = at::zeros({elements}, at::kFloat);  // for MPI, which is slower in place
  const Sums sums = {
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
  for (std::size_t i = 0; i < sums.size(); ++i) {
    elsewhere.fill_(communicator.rank() + 1);
    require_sum(results[i], sums[i].second, communicator.size(), communicator.rank());
  }
  elsewhere.zero_();
  return medians_of(sums, effort);
}

constexpr std::int64_t wire_bytes = 100'000'000;

// Sums a gradient by MPI, as training does between hosts: in float32 and rounded to bfloat16 (train.wire).
Json measure_wires(const worker::Ranks& ranks, const Effort& effort) {
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
                    effort);
}

int work_as_rank(int argc, char** argv, const RankTask& task) {
  const worker::Ranks ranks(argc, argv);
  Json answer;
  for (const Size& size : sizes) {
    const auto communicator = ranks.host_communicator();  // one for each size, so that its memory is freed
    answer[size.name] = measure(size, *communicator, task.effort);
    if (ranks.rank() == 0) {
      fmt::print(stderr, "{} ranks, {:>5}: {}\n", ranks.size(), size.name, answer[size.name].dump());
    }
  }
  answer["wire"] = measure_wires(ranks, task.effort);
  if (ranks.rank() == 0) fmt::print(stderr, "{} ranks, by MPI: {}\n", ranks.size(), answer["wire"].dump());
  if (ranks.rank() == 0) write_atomically(task.answer, answer.dump());
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

std::vector<Claim> compare(const po::variables_map& arguments, const Effort& effort) {
  std::vector<Claim> claims;
  for (const int ranks : arguments["ranks"].as<std::vector<int>>()) {
    const std::vector<Claim> some = claims_of(ranks, answer_of_ranks(ranks, effort));
    claims.insert(claims.end(), some.begin(), some.end());
  }
  return claims;
}

Benchmark benchmark() {
  Benchmark allreduce{
      .name = "bench_allreduce",
      .description =
          R"(Sums of float32 over the ranks of this machine: of gradients in memory that the ranks share, as in training, and of
tensors elsewhere (allreduce.elsewhere), against MPI_Allreduce in the same job. The figure is the size of the tensor
divided by the time of the slowest rank. allreduce.bf16 is a float32 gradient summed by MPI, as between hosts,
rounded to bfloat16 for the transfer (train.wire).)",
      .effort = {.seconds = 0.3},
      .run = compare};
  allreduce.options.add_options()(
      "ranks", po::value<std::vector<int>>()->multitoken()->default_value({2, 4}, "2 4")->value_name("N..."),
      "numbers of ranks");
  return allreduce;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) {
  if (const auto task = pbn::bench::rank_task(argc, argv)) {
    return pbn::run_and_report("bench_allreduce", [&] { return pbn::bench::work_as_rank(argc, argv, *task); });
  }
  return pbn::bench::run_benchmark(pbn::bench::benchmark(), argc, argv);
}
