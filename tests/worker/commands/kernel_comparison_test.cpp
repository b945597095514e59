#include "worker/commands/kernel_comparison.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <set>

#include "model/kernels/cpu/cpu_kernels.h"
#include "worker/commands/kernel_cases.h"

namespace pbn::worker {
namespace {

class KernelComparisons : public testing::Test {
 protected:
  std::vector<KernelComparison> compare_all(const model::Kernels& own) const {
    std::vector<KernelComparison> all;
    for (const auto& make : kernel_cases({.device = at::kCPU, .people = 2, .quick = true}, own)) {
      all.push_back(compare_kernels(make(), *cpu_, own, /*runs=*/0));
    }
    return all;
  }

  const std::unique_ptr<Device> cpu_ = choose_device("cpu", 0).device;
};

TEST_F(KernelComparisons, FindsTheProcessorsKernelsRight) {
  std::set<std::string> types;
  for (const KernelComparison& one : compare_all(model::cpu_kernels())) {
    EXPECT_TRUE(one.is_right()) << one.operation << " " << one.shape << " " << one.type << ": " << one.worst << " errs "
                                << one.own_error << ", LibTorch's " << one.aten_error;
    types.insert(one.type);
  }
  EXPECT_THAT(types, testing::ElementsAre("bf16", "fp32", "fp64"));
  EXPECT_EQ(&model::kernels_for(at::kCPU), &model::cpu_kernels()) << "the device's kernels are as before";
}

TEST_F(KernelComparisons, FindsAWrongGradient) {
  model::Kernels wrong = model::cpu_kernels();
  wrong.sum_of_2x2 = [](const at::Tensor& fine) { return model::cpu_kernels().sum_of_2x2(fine).mul(1.05); };
  for (const KernelComparison& one : compare_all(wrong)) {
    EXPECT_EQ(one.is_right(), one.operation != "doubling, sum") << one.operation << " " << one.type;
    EXPECT_TRUE(one.is_right() || one.worst == "gradient of coarse") << one.worst;
  }
}

TEST_F(KernelComparisons, FindsAResultThatIsNoNumber) {
  model::Kernels wrong = model::cpu_kernels();
  wrong.halve = [](const at::Tensor& x) {
    const at::Tensor y = model::cpu_kernels().halve(x);
    y.select(0, 0).fill_(std::numeric_limits<double>::quiet_NaN());
    return y;
  };
  for (const KernelComparison& one : compare_all(wrong)) EXPECT_EQ(one.is_right(), one.operation != "pooling");
}

}  // namespace
}  // namespace pbn::worker
