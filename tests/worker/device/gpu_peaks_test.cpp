#include "worker/device/gpu_peaks.h"

#include <gtest/gtest.h>

namespace pbn::worker {
namespace {

using config::Precision;

TEST(GpuPeaks, AreThoseOfTheBoardAndNotOnlyOfTheChip) {
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H100 80GB HBM3", Precision::bf16), 989.4e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H100 PCIe", Precision::bf16), 756e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H100 NVL", Precision::bf16), 835.5e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H200", Precision::bf16), 989.4e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA GH200 480GB", Precision::bf16), 989.4e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA B200", Precision::bf16), 2250e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA GB200", Precision::bf16), 2500e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA A100-SXM4-40GB", Precision::bf16), 312e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA A100-PCIE-40GB", Precision::bf16), 312e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA L40S", Precision::bf16), 362e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA L4", Precision::bf16), 121e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("Tesla V100-SXM2-16GB", Precision::bf16), 0);
}

TEST(GpuPeaks, DependOnTheNumberFormat) {
  const std::string h200 = "NVIDIA H200";
  EXPECT_DOUBLE_EQ(gpu_peak_flops(h200, Precision::tf32), 494.7e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops(h200, Precision::fp32), 66.9e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops(h200, Precision::fp64), 33.5e12);
}

TEST(GpuPeaks, OfAnInstanceOfMigAreItsShareOfSevenSlices) {
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H100 80GB HBM3 MIG 1g.10gb", Precision::bf16), 989.4e12 / 7);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA A100-SXM4-40GB MIG 3g.20gb", Precision::fp32), 19.5e12 * 3 / 7);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H200 MIG 7g.141gb", Precision::bf16), 989.4e12);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA H100 80GB HBM3 MIG 1g.10gb+me", Precision::bf16), 989.4e12 / 7);
}

TEST(GpuPeaks, OfAnUnknownModelAreZero) {
  EXPECT_DOUBLE_EQ(gpu_peak_flops("NVIDIA B2000", Precision::bf16), 0);
  EXPECT_DOUBLE_EQ(gpu_peak_flops("", Precision::fp32), 0);
}

}  // namespace
}  // namespace pbn::worker
