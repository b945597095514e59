#include "bench/roofline/roofline.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace pbn::bench {
namespace {

config::ModelSpec network(int stacks) {
  config::ModelSpec spec;
  spec.stacks = stacks;
  spec.features = 64;
  return spec;
}

double sum_of(const std::vector<KernelCall>& calls, const std::string& kind, double KernelCall::*figure) {
  double sum = 0;
  for (const KernelCall& call : calls) sum += call.kind.starts_with(kind) ? call.*figure : 0;
  return sum;
}

long count_of(const std::vector<KernelCall>& calls, const std::string& kind) {
  return std::count_if(calls.begin(), calls.end(), [&](const KernelCall& call) { return call.kind == kind; });
}

TEST(Roofline, TheOperationsAreThoseOfTheClosedForm) {
  const config::ModelSpec spec = network(2);
  const auto calls = calls_of_step(spec, 3, 128);
  const double forward = 2.0 * 3 * static_cast<double>(config::count_multiply_adds(spec, 128));
  EXPECT_DOUBLE_EQ(sum_of(calls, "forward", &KernelCall::operations), forward);
  EXPECT_DOUBLE_EQ(sum_of(calls, "weight gradient", &KernelCall::operations), forward);
  const double of_photographs = 2.0 * 3 * 128 * 128 * 16 * 27;  // whose gradient nobody wants
  EXPECT_DOUBLE_EQ(sum_of(calls, "data gradient", &KernelCall::operations), forward - of_photographs);
}

TEST(Roofline, EveryBatchNormIsFourPassesAndEveryStepOneOptimiser) {
  const auto one = calls_of_step(network(1), 2, 64), two = calls_of_step(network(2), 2, 64);
  for (const char* pass : {"statistics", "normalise", "gradient sums", "input gradient"}) {
    EXPECT_EQ(count_of(two, pass), count_of(two, "statistics"));
    // A stack has 13 residual blocks in its hourglass, one behind it, and lin.
    EXPECT_EQ(count_of(two, pass) - count_of(one, pass), 3 * 14 + 1) << pass;
  }
  EXPECT_EQ(count_of(two, "norm"), 1);
  EXPECT_EQ(count_of(two, "RMSProp"), 1);
}

TEST(Roofline, TheTimeOfACallIsThatOfItsBytesOrOfItsOperations) {
  const GpuLimits gpu{"a GPU", 100, 1000};
  EXPECT_DOUBLE_EQ((KernelCall{"copy", "", 500, 100}.seconds_on(gpu)), 5);
  EXPECT_DOUBLE_EQ((KernelCall{"product", "", 500, 9000}.seconds_on(gpu)), 9);
  EXPECT_DOUBLE_EQ(seconds_on(gpu, {{"copy", "", 500, 100}, {"product", "", 500, 9000}}), 14);
}

TEST(Roofline, KnowsTheGpusByName) {
  EXPECT_EQ(limits_of("NVIDIA H100 80GB HBM3 (GPU-1)")->name, "H100 SXM");
  EXPECT_EQ(limits_of("NVIDIA H200 (GPU-1)")->name, "H200");
  for (const char* other : {"NVIDIA H100 PCIe", "NVIDIA H100 NVL", "NVIDIA GH200 480GB", "NVIDIA A100-SXM4-80GB"}) {
    EXPECT_FALSE(limits_of(other)) << other;
  }
}

}  // namespace
}  // namespace pbn::bench
