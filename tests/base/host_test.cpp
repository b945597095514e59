#include "base/host.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace pbn {
namespace {

class InstructionSets : public testing::Test {
 protected:
  ~InstructionSets() override { ::unsetenv("ONEDNN_MAX_CPU_ISA"); }

  static std::string limited_to(const char* name) {
    ::setenv("ONEDNN_MAX_CPU_ISA", name, 1);
    return instruction_set();
  }

  const std::string whole_ = instruction_set();
};

TEST_F(InstructionSets, AreNoWiderThanOneDnnMayUse) {
  if (whole_ == "baseline") GTEST_SKIP() << "the processor has no AVX2";
  EXPECT_EQ(limited_to("AVX2"), "avx2");
  EXPECT_FALSE(has_bf16());
  EXPECT_EQ(limited_to("AVX2_VNNI"), "avx2");
  EXPECT_EQ(limited_to("AVX512_CORE"), whole_ == "avx2" ? "avx2" : "avx512");
  EXPECT_EQ(limited_to("AVX512_CORE_BF16"), whole_ == "amx" ? "avx512_bf16" : whole_);
}

TEST_F(InstructionSets, AreTheProcessorsWhereTheLimitIsNotOne) {
  for (const char* name : {"DEFAULT", "AVX512_CORE_AMX", "", "nonsense"}) EXPECT_EQ(limited_to(name), whole_) << name;
}

}  // namespace
}  // namespace pbn
