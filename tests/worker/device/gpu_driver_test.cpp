#include "worker/device/gpu_driver.h"

#include <gtest/gtest.h>

namespace pbn::worker {
namespace {

constexpr std::array<std::uint8_t, 16> bytes{0x89, 0x32, 0xf9, 0x37, 0xd7, 0x2c, 0x41, 0x06,
                                             0xc1, 0x2f, 0x20, 0xbd, 0x9f, 0xae, 0xd9, 0xf6};

TEST(GpuDriver, UuidsAreAsNvidiaSmiPrintsThem) {
  EXPECT_EQ(gpu_uuid_text(bytes, "NVIDIA H100 80GB HBM3"), "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6");
  EXPECT_EQ(gpu_uuid_text(bytes, "NVIDIA A100-SXM4-40GB MIG 1g.5gb"), "MIG-8932f937-d72c-4106-c12f-20bd9faed9f6");
}

}  // namespace
}  // namespace pbn::worker
