#include "worker/device/torch_settings.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace pbn::worker {
namespace {

// What LibTorch's CUDA part asks when it convolves and multiplies matrices. It throws where its two sets of functions
// disagree.
bool rounds_to_tf32() {
  const at::Context& context = at::globalContext();
  const auto is_tf32 = [&](at::Float32Op operation) {
    return context.float32Precision(at::Float32Backend::CUDA, operation) == at::Float32Precision::TF32;
  };
  const bool convolves = context.allowTF32CuDNN(at::Float32Op::CONV), multiplies = context.allowTF32CuBLAS();
  EXPECT_EQ(convolves, multiplies);
  EXPECT_EQ(convolves, context.allowTF32CuDNN());
  EXPECT_EQ(convolves, is_tf32(at::Float32Op::CONV));
  EXPECT_EQ(multiplies, is_tf32(at::Float32Op::MATMUL));
  return convolves;
}

TEST(TorchSettings, OnlyTf32LetsAGpuRoundTheFactorsOfFloat32Products) {
  EXPECT_TRUE(at::globalContext().allowTF32CuDNN(at::Float32Op::CONV)) << "LibTorch's default, which is not fp32";
  for (const config::Precision precision :
       {config::Precision::tf32, config::Precision::fp32, config::Precision::bf16, config::Precision::fp64}) {
    prepare_torch(at::get_num_threads(), precision);
    EXPECT_EQ(rounds_to_tf32(), precision == config::Precision::tf32);
  }
}

}  // namespace
}  // namespace pbn::worker
