#include "worker/device/gpu_choice.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace pbn::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(const std::vector<GpuPlace>& of_ranks) {
  try {
    require_own_gpus(of_ranks);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::usage);
    return error.what();
  }
  return "";
}

TEST(GpuChoice, ARankThatSeesOneGpuUsesIt) {
  for (const int local_rank : {0, 1, 7}) EXPECT_EQ(index_of_gpu(local_rank, 1), 0U);
}

TEST(GpuChoice, RanksThatSeeAllGpusUseThemInTurn) {
  for (const int local_rank : {0, 1, 7}) EXPECT_EQ(index_of_gpu(local_rank, 8), static_cast<std::size_t>(local_rank));
  EXPECT_EQ(index_of_gpu(8, 8), 0U);
}

TEST(GpuChoice, OneVisibleGpuEachIsNoSharing) {  // Slurm's --gpus-per-task, and two instances of MIG on one GPU
  EXPECT_EQ(refusal({{"a", "GPU-1"}, {"a", "GPU-2"}, {"b", "GPU-3"}, {"b", "GPU-4"}}), "");
  EXPECT_EQ(refusal({{"a", "MIG-1"}, {"a", "MIG-2"}}), "");
}

TEST(GpuChoice, RanksOnCpusShareNoGpu) { EXPECT_EQ(refusal({{"a", ""}, {"a", ""}}), ""); }

TEST(GpuChoice, MoreRanksThanGpusAreRefusedByName) {
  const std::vector<GpuPlace> three_on_two{{"a", "GPU-1"}, {"a", "GPU-2"}, {"a", "GPU-1"}};
  EXPECT_THAT(ranks_on_shared_gpus(three_on_two), ElementsAre(ElementsAre(0, 2)));
  EXPECT_EQ(
      refusal(three_on_two),
      "run.oversubscribe_devices: ranks 0, 2 on a have the same GPU, GPU-1; start as many ranks on a host as it has "
      "GPUs (with Slurm: --gpus-per-task=1), or let ranks share with --run.oversubscribe_devices true");
}

TEST(GpuChoice, TheSameUuidOnTwoHostsIsNotTheSameGpu) {
  EXPECT_THAT(ranks_on_shared_gpus({{"a", "GPU-1"}, {"b", "GPU-1"}}), IsEmpty());
}

TEST(GpuChoice, RanksSumByNcclUnlessTheyShareAGpu) {
  EXPECT_EQ(sums_between({{"a", "GPU-1"}}, "auto"), GpuSums::none);
  EXPECT_EQ(sums_between({{"a", "GPU-1"}, {"a", "GPU-2"}}, "auto"), GpuSums::nccl);
  EXPECT_EQ(sums_between({{"a", "GPU-1"}, {"a", "GPU-2"}}, "nccl"), GpuSums::nccl);
  EXPECT_EQ(sums_between({{"a", "GPU-1"}, {"a", "GPU-2"}, {"a", "GPU-1"}}, "auto"), GpuSums::staged);
  EXPECT_THROW(sums_between({{"a", "GPU-1"}, {"a", "GPU-1"}}, "nccl"), Error);
  EXPECT_THROW(sums_between({{"a", "GPU-1"}, {"a", "GPU-2"}}, "mpi"), Error);
}

TEST(GpuChoice, TheEnvironmentNamesOrHidesGpus) {
  for (const char* naming : {"0", "1,0", "GPU-8932f937", "MIG-1"}) EXPECT_TRUE(names_a_gpu(naming)) << naming;
  for (const char* hiding : {"", "-1", "NoDevFiles"}) EXPECT_FALSE(names_a_gpu(hiding)) << hiding;
  EXPECT_FALSE(names_a_gpu(nullptr));
}

}  // namespace
}  // namespace pbn::worker
