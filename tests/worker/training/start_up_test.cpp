// Ranks that share GPUs, on ranks started by mpirun.
#include "worker/training/start_up.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "tests/worker/communication/world.h"
#include "tests/worker/device/gpu_double.h"

namespace pbn::worker {
namespace {

std::string refusal_of(const std::string& uuid, const std::string& settings) {
  GivenSettings given;
  given.values = Json::parse(settings);
  try {
    require_own_devices(given, world(), GpuDouble(uuid));
  } catch (const SharedError& error) {
    return error.what();
  }
  return "";
}

TEST(StartUp, RanksWithGpusOfTheirOwnStart) { EXPECT_EQ(refusal_of(fmt::format("GPU-{}", world().rank()), "{}"), ""); }

TEST(StartUp, RanksOnOneGpuAreRefusedOnEveryRank) {
  const std::string refusal = refusal_of("GPU-1", "{}");
  if (world().size() == 1) return;
  EXPECT_THAT(refusal, testing::HasSubstr("have the same GPU, GPU-1; "));
}

TEST(StartUp, RanksMayShareAGpuWhereTheSettingsAllowIt) {
  EXPECT_EQ(refusal_of("GPU-1", R"({"run": {"oversubscribe_devices": true}})"), "");
}

}  // namespace
}  // namespace pbn::worker
