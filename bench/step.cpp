// bench_step: a whole training step, pbn_worker on two ranks against PyTorch programs on the same two cores.
#include <memory>

#include "base/time.h"
#include "bench/gpu_step.h"
#include "bench/network/network_contest.h"
#include "model/kernels/cpu/cpu_kernels.h"
#include "worker/training/training_step.h"

namespace pbn::bench {
namespace {

// The ranks together train on four people of 256x256 pixels, or sixteen of 128x128.
const std::vector<NetworkWork> works = {
    {.name = "fp32"},
    {.name = "fp32.avx2", .has_only_avx2 = true},
    {.name = "bf16", .precision = config::Precision::bf16},
    {.name = "fp32.3stacks", .stacks = 3},
    {.name = "bf16.3stacks", .precision = config::Precision::bf16, .stacks = 3},
    {.name = "fp32.128px", .batch = 16, .side = 128},
    {.name = "bf16.128px", .precision = config::Precision::bf16, .batch = 16, .side = 128},
};

// Trains like pbn_worker, on batches in memory.
class TrainingRank {
 public:
  TrainingRank(const NetworkWork& work, const worker::Ranks& ranks)
      : work_(work),
        is_first_(ranks.rank() == 0),
        share_(random_people(work.batch / ranks.size(), work.side)),
        device_(worker::choose_device("cpu", 0).device),
        gradients_(device_->communicator(ranks, "auto")),
        statistics_(device_->communicator(ranks, "auto")),
        step_(configuration_of(work), *device_, *gradients_, *statistics_) {
    if (work.has_only_avx2) model::use_kernels(at::kCPU, model::cpu_kernels_with_avx2());
  }

  // Images per second of all ranks. Rank 0's clock decides the end; the other ranks learn it with the gradient.
  double operator()(double seconds) {
    const Stopwatch stopwatch;
    for (int steps = 1;; ++steps) {
      const worker::StepReport report =
          step_.compute_gradient(share_, work_.batch, is_first_ && stopwatch.seconds() >= seconds);
      step_.update(1e-5);
      if (report.requests > 0) return steps * work_.batch / stopwatch.seconds();
    }
  }

 private:
  NetworkWork work_;
  bool is_first_;
  data::Batch share_;
  std::unique_ptr<worker::Device> device_;
  std::unique_ptr<worker::Communicator> gradients_, statistics_;
  worker::TrainingStep step_;
};

}  // namespace

const NetworkContest step_contest{
    .name = "step",
    .description =
        R"(Training steps: forward, backward, the sum over the processes, RMSProp. pbn_worker on two ranks of one thread
against PyTorch programs on the same two cores, one process or two (DDP). The batch is that of all processes.
The claims that begin with gpu are measured where there is a GPU, by pbn_worker try.)",
    .works = works,
    .script = "step.py",
    .fp32_goal = 1.2,
    .bf16_goal = 1.3,
    .claims_memory = true,
    .set_up = [](const NetworkWork& work, const worker::Ranks& ranks) -> Measure {
      return [rank = std::make_shared<TrainingRank>(work, ranks)](double seconds) { return (*rank)(seconds); };
    },
    .add_options = add_gpu_step_options,
    .more_claims = gpu_step_claims,
};

}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_network_contest(pbn::bench::step_contest, argc, argv); }
