// bench_scaling: the cost of data-parallel training, compared with ranks that each train a network of their own.
#include <fmt/format.h>
#include <mpi.h>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "bench/mpi_job.h"
#include "bench/network/network_work.h"
#include "bench/program.h"
#include "worker/device/torch_settings.h"
#include "worker/training/training_step.h"

namespace pbn::bench {
namespace {

const std::vector<NetworkWork> works = {
    {.name = "fp32"},
    {.name = "bf16", .precision = config::Precision::bf16},
};

// A network that this rank trains, with other ranks or alone.
class Training {
 public:
  Training(const NetworkWork& work, const worker::Device& device, std::unique_ptr<worker::Communicator> gradients,
           std::unique_ptr<worker::Communicator> statistics, int ranks)
      : people_(work.batch / ranks),
        all_people_(people_ * gradients->size()),
        share_(random_people(people_, work.side)),
        gradients_(std::move(gradients)),
        statistics_(std::move(statistics)),
        step_(configuration_of(work), device, *gradients_, *statistics_) {}

  // Images per second of this rank in about so many seconds. Rank 0's clock decides the end for all ranks.
  double rate(double seconds) {
    MPI_Barrier(MPI_COMM_WORLD);
    const Stopwatch stopwatch;
    for (int steps = 1;; ++steps) {
      const bool is_enough = gradients_->rank() == 0 && stopwatch.seconds() >= seconds;
      const worker::StepReport report = step_.compute_gradient(share_, all_people_, is_enough);
      step_.update(1e-5);
      waited_ += report.seconds_waiting;
      ++steps_;
      if (report.requests > 0) return steps * people_ / stopwatch.seconds();
    }
  }

  double mean_seconds_waited() const { return waited_ / steps_; }

 private:
  int people_, all_people_;
  data::Batch share_;
  std::unique_ptr<worker::Communicator> gradients_, statistics_;
  worker::TrainingStep step_;
  double waited_ = 0;
  int steps_ = 0;
};

double over_all_ranks(double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return value;
}

Json measure(const NetworkWork& work, const worker::Ranks& ranks, const Effort& effort) {
  const auto device = worker::choose_device("cpu", 0).device;
  Training together(work, *device, ranks.host_communicator(), ranks.host_communicator(), ranks.size());
  Training apart(work, *device, worker::alone(), worker::alone(), ranks.size());
  std::vector<double> together_rates, apart_rates;
  for (int round = 0; round <= effort.rounds; ++round) {
    const double coupled = over_all_ranks(together.rate(effort.seconds));
    const double uncoupled = over_all_ranks(apart.rate(effort.seconds));
    if (round == 0) continue;  // a warm-up
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

int work_as_rank(int argc, char** argv, const RankTask& task) {
  worker::keep_large_blocks();
  const worker::Ranks ranks(argc, argv);
  worker::prepare_torch(1);
  Json answer;
  for (const NetworkWork& work : works) answer[work.name] = measure(work, ranks, task.effort);
  if (ranks.rank() == 0) write_atomically(task.answer, answer.dump());
  return 0;
}

std::vector<Claim> compare(const po::variables_map&, const Effort& effort) {
  constexpr int ranks = 2;
  const Json rates = answer_of_ranks(ranks, effort);
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

const Benchmark scaling{
    .name = "bench_scaling",
    .description =
        R"(Two ranks, a core each, that train one network together, against the same two processes training one network each,
in turn in one job. The ratio is the efficiency of data-parallel training on this machine.)",
    .effort = {.seconds = 3},
    .run = compare};

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) {
  if (const auto task = pbn::bench::rank_task(argc, argv)) {
    return pbn::run_and_report("bench_scaling", [&] { return pbn::bench::work_as_rank(argc, argv, *task); });
  }
  return pbn::bench::run_benchmark(pbn::bench::scaling, argc, argv);
}
