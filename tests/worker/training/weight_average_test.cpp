#include "worker/training/weight_average.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace pbn::worker {
namespace {

config::ModelSpec small_network() {
  config::ModelSpec spec;
  spec.features = 16;
  return spec;
}

TEST(WeightAverage, FollowsTheFormulaInItsHeader) {
  model::Network network(small_network(), {.precision = config::Precision::fp64});
  WeightAverage average(network, 0.15);
  network.flat_parameters().fill_(1);
  network.flat_buffers().fill_(2);
  average.update();  // d = 1/10
  EXPECT_TRUE(at::allclose(average.state().statistics.max(), at::scalar_tensor(0.1 * 1 + 0.9 * 2, at::kDouble)));
  const at::Tensor once = average.state().parameters.clone();
  average.update();  // d = 0.15, and not 2/11
  EXPECT_TRUE(at::allclose(average.state().parameters, once * 0.15 + 0.85));
  EXPECT_EQ(average.state().updates, 2);
}

TEST(WeightAverage, ExchangedTwiceChangesNoBit) {
  model::Network network(small_network(), {});
  WeightAverage average(network, 0.999);
  network.flat_parameters().mul_(1.1);
  const at::Tensor weights = network.flat_parameters().clone(), averaged = average.state().parameters.clone();
  average.exchange();
  EXPECT_TRUE(at::equal(network.flat_parameters(), averaged));
  average.exchange();
  EXPECT_TRUE(at::equal(network.flat_parameters(), weights));
  EXPECT_TRUE(at::equal(average.state().parameters, averaged));
}

}  // namespace
}  // namespace pbn::worker
