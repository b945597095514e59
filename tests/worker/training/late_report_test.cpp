// Steps whose reports are read one step late against steps whose reports are read at once, on ranks started by mpirun.
#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <limits>

#include "tests/worker/communication/world.h"
#include "tests/worker/device/cpu_double.h"
#include "tests/worker/training/small_steps.h"

namespace pbn::worker {
namespace {

config::RunConfig with_reports(config::OnNan on_nan, const std::string& graph) {
  config::RunConfig config = small_network(config::Precision::fp32);
  config.train.global_batch = 8;
  config.train.average = 0.9;
  config.train.on_nan = on_nan;
  config.run.graph = graph;
  return config;
}

class LateReport : public testing::TestWithParam<std::string> {
 protected:
  const config::RunConfig config = with_reports(config::OnNan::stop, GetParam());
  Parallel late{config, std::make_unique<LateDeviceDouble>()};
};

TEST_P(LateReport, IsThatOfTheStepBefore) {
  Parallel at_once(config);
  std::vector<StepReport> late_reports;
  for (int i = 0; i < 5; ++i) {
    const data::Batch share = my_share(i, i + 8);
    const StepReport expected = at_once.step.take(std::span(&share, 1), 8, 1e-3, 10 + i).front();
    const std::vector<StepReport> ready = late.step.take(std::span(&share, 1), 8, 1e-3, 10 + i);
    ASSERT_EQ(ready.size(), i == 0 ? 0u : 1u);
    if (i > 0) {
      EXPECT_EQ(ready.front().requests, (9 + i) * world().size());
    }
    late_reports.insert(late_reports.end(), ready.begin(), ready.end());
    if (i < 4) continue;
    EXPECT_EQ(late.step.finish().front().loss, expected.loss);
  }
  EXPECT_THAT(late.step.finish(), testing::IsEmpty());
}

TEST_P(LateReport, ChangesNoBit) {
  Parallel at_once(config);
  const std::vector<std::int64_t> numbers{8, 8, 8, 8, 5, 8};
  const std::vector<StepReport> reports = take_steps(late.step, numbers), expected = take_steps(at_once.step, numbers);
  ASSERT_EQ(reports.size(), expected.size());
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].loss, expected[i].loss) << i;
    EXPECT_EQ(reports[i].zero_output_loss, expected[i].zero_output_loss) << i;
    EXPECT_EQ(reports[i].gradient_norm, expected[i].gradient_norm) << i;
  }
  EXPECT_TRUE(at::equal(late.step.network().flat_parameters(), at_once.step.network().flat_parameters()));
  EXPECT_TRUE(at::equal(late.step.network().flat_buffers(), at_once.step.network().flat_buffers()));
  EXPECT_TRUE(at::equal(late.step.average()->state().parameters, at_once.step.average()->state().parameters));
}

TEST_P(LateReport, AfterANaNTheNextStepLeavesTheWeightsForItsDescription) {
  take_steps(late.step, {8, 8, 8, 8});
  const at::Tensor before = late.step.network().flat_parameters().detach().clone();
  data::Batch share = my_share(0, 8);
  const float joint = share.joints.empty() ? 0 : share.joints[1];
  if (!share.joints.empty()) share.joints[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(late.step.take(std::span(&share, 1), 8, 1e-3), testing::IsEmpty());
  if (!share.joints.empty()) share.joints[1] = joint;
  EXPECT_FALSE(is_finite(late.step.take(std::span(&share, 1), 8, 1e-3).front()));
  EXPECT_TRUE(is_finite(late.step.finish().front()));
  EXPECT_TRUE(at::equal(late.step.network().flat_parameters(), before));
}

INSTANTIATE_TEST_SUITE_P(Graph, LateReport, testing::Values("on", "off"),
                         [](const auto& graph) { return "Graph" + graph.param; });

TEST(LateReports, AreReadAtOnceWhereAStepMayBeSkipped) {
  Parallel skipping(with_reports(config::OnNan::skip, "on"), std::make_unique<LateDeviceDouble>());
  const data::Batch share = my_share(0, 8);
  EXPECT_THAT(skipping.step.take(std::span(&share, 1), 8, 1e-3), testing::SizeIs(1));
}

}  // namespace
}  // namespace pbn::worker
