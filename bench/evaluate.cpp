// bench_evaluate: testing with the flip test, pbn_worker on two ranks against PyTorch programs on the same two cores.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <memory>

#include "base/time.h"
#include "bench/network/network_contest.h"
#include "model/heat_maps.h"
#include "worker/prediction/network_input.h"
#include "worker/training/training_step.h"

namespace pbn::bench {
namespace {

// Finds joints like pbn_worker, in people in memory.
class TestingRank {
 public:
  TestingRank(const NetworkWork& work, const worker::Ranks& ranks)
      : ranks_(ranks.size()),
        people_(random_people(work.batch / ranks.size(), work.side)),
        network_(configuration_of(work).model, {.precision = work.precision}) {
    network_.train(false);
  }

  // People per second of all ranks, which do not wait for each other: each is taken to be as fast as this one.
  double operator()(double seconds) {
    const Stopwatch stopwatch;
    std::size_t people = 0;
    for (; people == 0 || stopwatch.seconds() < seconds; people += people_.people.size()) find_joints();
    return static_cast<double>(people) * ranks_ / stopwatch.seconds();
  }

 private:
  void find_joints() {
    const at::NoGradGuard no_gradient;
    const at::Tensor images = worker::network_input(people_, network_, at::kCPU);
    const at::Tensor both = at::cat({images, images.flip({3})}).contiguous(at::MemoryFormat::ChannelsLast);
    const std::vector<at::Tensor> maps = network_.forward(both).back().chunk(2);
    model::decode((maps[0] + model::unflipped(maps[1], config::mpii16())) / 2, /*quarter_shift=*/true);
  }

  int ranks_;
  data::Batch people_;
  model::Network network_;
};

}  // namespace

const NetworkContest evaluate_contest{
    .name = "evaluate",
    .description =
        R"(Testing: people and their mirror images through the network, mean maps, joints. pbn_worker on two ranks of one
thread against PyTorch programs on the same two cores, one process or two.)",
    .works = {{.name = "fp32", .batch = 24}, {.name = "bf16", .precision = config::Precision::bf16, .batch = 24}},
    .script = "evaluate.py",
    .fp32_goal = 1.3,
    .bf16_goal = 1.3,
    .set_up = [](const NetworkWork& work, const worker::Ranks& ranks) -> Measure {
      return [rank = std::make_shared<TestingRank>(work, ranks)](double seconds) { return (*rank)(seconds); };
    },
};

}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_network_contest(pbn::bench::evaluate_contest, argc, argv); }
