// bench_step: a whole training step, ours on two ranks against PyTorch programs on the same two cores.
#include <chrono>
#include <memory>

#include "bench/network/network_contest.h"
#include "worker/training/training_step.h"

namespace pbn::bench {
namespace {

// Batches in all of four people at 256x256, or of sixteen at 128x128.
const std::vector<NetworkWork> works = {
    {.name = "fp32"},
    {.name = "bf16", .precision = Precision::bf16},
    {.name = "fp32.3stacks", .stacks = 3},
    {.name = "bf16.3stacks", .precision = Precision::bf16, .stacks = 3},
    {.name = "fp32.128px", .batch = 16, .side = 128},
    {.name = "bf16.128px", .precision = Precision::bf16, .batch = 16, .side = 128},
};

// Trains as pbn_worker does, on batches in memory.
class TrainingRank {
 public:
  TrainingRank(const NetworkWork& work, const Ranks& ranks)
      : work_(work),
        is_first_(ranks.rank() == 0),
        share_(random_people(work.batch / ranks.size(), work.side)),
        device_(choose_device("cpu", 0, false).device),
        gradients_(device_->communicator(ranks, "auto")),
        statistics_(device_->communicator(ranks, "auto")),
        step_(configuration_of(work), *device_, *gradients_, *statistics_) {}

  // Images per second of all ranks. Rank 0's clock decides; the others learn it with the gradient.
  double operator()(double seconds) {
    const auto start = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    for (int steps = 1;; ++steps) {
      const StepReport report = step_.compute_gradient(share_, work_.batch, is_first_ && elapsed() >= seconds);
      step_.update(1e-5);
      if (report.requests > 0) return steps * work_.batch / elapsed();
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  NetworkWork work_;
  bool is_first_;
  Batch share_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<Communicator> gradients_, statistics_;
  TrainingStep step_;
};

}  // namespace

const NetworkContest step_contest{
    .name = "step",
    .description =
        "Training steps: forward, backward, the sum over the processes, RMSProp. Ours on two ranks of one thread, "
        "against "
        "PyTorch\nprograms on the same two cores, one process or two (DDP). The batch is that of all processes "
        "together.",
    .works = works,
    .script = "step.py",
    .fp32_goal = 1.2,
    .bf16_goal = 1.3,
    .memory = true,
    .set_up = [](const NetworkWork& work, const Ranks& ranks) -> RankMeasure {
      return [rank = std::make_shared<TrainingRank>(work, ranks)](double seconds) { return (*rank)(seconds); };
    },
};

}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_network_contest(pbn::bench::step_contest, argc, argv); }
