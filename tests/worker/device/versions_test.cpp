#include "worker/device/versions.h"

#include <gtest/gtest.h>

#include "tests/worker/device/gpu_double.h"

namespace pbn::worker {
namespace {

TEST(Versions, OfAResultNameTheGpuAndItsLibraries) {
  const Json versions = versions_on(GpuDouble("GPU-1"));
  EXPECT_EQ(versions.at("gpu"), "NVIDIA H200");
  EXPECT_EQ(versions.at("cuda"), "13.0");
  EXPECT_EQ(versions.at("cudnn"), "9.19.0");
  EXPECT_EQ(versions.at("nccl"), "2.28.9");
  EXPECT_TRUE(versions.contains("libtorch"));
}

}  // namespace
}  // namespace pbn::worker
