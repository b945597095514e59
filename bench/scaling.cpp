// bench_scaling: what it costs that ranks train one network together, and not each its own.
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "bench/mpi_job.h"
#include "bench/network/network_work.h"
#include "bench/program.h"
#include "worker/device/torch_settings.h"
#include "worker/training/training_step.h"

namespace pbn::bench {
namespace {

using Clock = std::chrono::steady_clock;

const std::vector<NetworkWork> works = {
    {.name = "fp32"},
    {.name = "bf16", .precision = Precision::bf16},
};

// A network that this rank trains, with others or alone.
class Training {
 public:
  Training(const NetworkWork& work, const Device& device, std::unique_ptr<Communicator> gradients,
           std::unique_ptr<Communicator> statistics, int ranks)
      : people_(work.batch / ranks),
        of_all_(people_ * gradients->size()),
        share_(random_people(people_, work.side)),
        gradients_(std::move(gradients)),
        statistics_(std::move(statistics)),
        step_(configuration_of(work), device, *gradients_, *statistics_) {}

  // Images per second of this rank in about so many seconds, which rank 0's clock decides where there are others.
  double rate(double seconds) {
    MPI_Barrier(MPI_COMM_WORLD);
    const auto start = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    for (int steps = 1;; ++steps) {
      const bool is_enough = gradients_->rank() == 0 && elapsed() >= seconds;
      const StepReport report = step_.compute_gradient(share_, of_all_, is_enough);
      step_.update(1e-5);
      waited_ += report.seconds_waiting;
      ++steps_;
      if (report.requests > 0) return steps * people_ / elapsed();
    }
  }

  double mean_seconds_waited() const { return waited_ / steps_; }

 private:
  int people_, of_all_;
  Batch share_;
  std::unique_ptr<Communicator> gradients_, statistics_;
  TrainingStep step_;
  double waited_ = 0;
  int steps_ = 0;
};

double over_all_ranks(double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return value;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Json measure(const NetworkWork& work, const Ranks& ranks, int rounds, double seconds) {
  const auto device = choose_device("cpu", 0, false).device;
  Training together(work, *device, ranks.host_communicator(), ranks.host_communicator(), ranks.size());
  Training apart(work, *device, alone(), alone(), ranks.size());
  std::vector<double> together_rates, apart_rates;
  for (int round = 0; round <= rounds; ++round) {
    const double coupled = over_all_ranks(together.rate(seconds));
    const double uncoupled = over_all_ranks(apart.rate(seconds));
    if (round == 0) continue;  // for warming up
    together_rates.push_back(coupled);
    apart_rates.push_back(uncoupled);
  }
  const double waited = over_all_ranks(together.mean_seconds_waited()) / ranks.size();
  if (ranks.rank() == 0) {
    fmt::print(stderr, "scaling.{}: {:.3f} images/s together, {:.3f} apart, {:.1f} ms per step waited for sums\n",
               work.name, median(together_rates), median(apart_rates), 1e3 * waited);
  }
  return {{"together", median(together_rates)}, {"apart", median(apart_rates)}};
}

int work_as_rank(int argc, char** argv) {
  keep_large_blocks();
  const Ranks ranks(argc, argv);
  prepare_torch(1);
  Json answer;
  for (const NetworkWork& work : works) {
    answer[work.name] = measure(work, ranks, std::atoi(argv[2]), std::atof(argv[3]));
  }
  if (ranks.rank() == 0) write_atomically(argv[argc - 1], answer.dump());
  return 0;
}

std::vector<Claim> claims(const Arguments& arguments) {
  constexpr int ranks = 2;
  const Json rates = answer_of_ranks(ranks, {"--rank", std::to_string(arguments["rounds"].as<int>()),
                                             std::to_string(arguments["seconds"].as<double>())});
  std::vector<Claim> claims;
  for (const NetworkWork& work : works) {
    claims.push_back({.name = fmt::format("scaling.{}ranks.{}", ranks, work.name),
                      .ours = rates.at(work.name).at("together"),
                      .peer = rates.at(work.name).at("apart").get<double>(),
                      .peer_name = "uncoupled processes",
                      .unit = "images/s",
                      .goal = 0.95});
  }
  return claims;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) {
  using namespace pbn::bench;
  if (argc == 5 && std::string(argv[1]) == "--rank") {
    return pbn::run_and_report("bench_scaling", [&] { return work_as_rank(argc, argv); });
  }
  return run_benchmark({.name = "bench_scaling",
                        .description = "Two ranks, a core each, that train one network together, against the same two "
                                       "processes training\none each, in turn in one job. The ratio is the efficiency "
                                       "of data-parallel training here.",
                        .options = {},
                        .seconds = 3,
                        .run = claims},
                       argc, argv);
}
