// The origin of a NaN loss, on ranks started by mpirun.
#include "worker/training/non_finite_step.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/data/small_pose_file.h"
#include "tests/worker/communication/world.h"

namespace pbn::worker {
namespace {

// Two people for every rank. The second micro-batch of the last rank contains a NaN.
TEST(NonFiniteStep, IsTracedToItsRankAndMicroBatch) {
  const TemporaryFolder folder;
  const int ranks = world().size(), last = ranks - 1;
  data::write_small_pose_file(folder / "noise.h5", 2 * ranks);
  const data::PoseSet people{data::PoseFile(folder / "noise.h5")};

  config::RunConfig config{};
  config.tasks = config::lsp14();
  config.model.parts = 14;
  config.model.features = 16;
  config.train.sigma = 1.75;
  config.run.bucket_mib = 25;
  const auto device = choose_device("cpu", 0).device;
  const auto gradients = world().host_communicator(), statistics = world().host_communicator();
  TrainingStep step(config, *device, *gradients, *statistics);

  const std::int64_t mine = 2 * world().rank();
  data::BatchLoader loader(people, data::Viewing{}, 1, {{mine}, {mine + 1}}, 1);
  std::vector<data::Batch> share{std::move(*loader.next()), std::move(*loader.next())};
  EXPECT_TRUE(is_finite(step.compute_gradient(share, 2 * ranks)));
  if (world().rank() == last) share[1].joints[1] = std::numeric_limits<float>::quiet_NaN();
  const StepReport report = step.compute_gradient(share, 2 * ranks);
  EXPECT_FALSE(is_finite(report));
  const std::string text = describe_non_finite_step(report, step, share, 2 * ranks, people, *gradients);
  EXPECT_EQ(text, fmt::format("the loss is {}; on rank {}, whose people are noise.h5: {} ({})", report.loss, last,
                              2 * ranks, people.person(2 * ranks - 1).image_name));
}

}  // namespace
}  // namespace pbn::worker
