#include "orchestrator/executors/machine_shares.h"

#include <gmock/gmock.h>

namespace pbn::executors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const MachineShare machine{{0, 1, 2, 5}, {"0", "1"}};

TEST(MachineShares, ConcurrentRunsGetDifferentProcessorsAndGpus) {
  MachineShares shares(machine, 0);
  const auto first = shares.take({2, 1}), second = shares.take({2, 1});
  ASSERT_TRUE(first && second);
  EXPECT_THAT(first->processors, ElementsAre(0, 1));
  EXPECT_THAT(first->devices, ElementsAre("0"));
  EXPECT_THAT(second->processors, ElementsAre(2, 5));
  EXPECT_THAT(second->devices, ElementsAre("1"));
  EXPECT_FALSE(shares.take({1, 0}));
  shares.give_back(*first);
  EXPECT_THAT(shares.take({1, 1})->processors, ElementsAre(0));
}

TEST(MachineShares, AGpuIsNeverShared) {
  MachineShares shares(machine, 0);
  EXPECT_TRUE(shares.take({1, 2}));
  EXPECT_FALSE(shares.take({1, 1}));
  EXPECT_TRUE(shares.take({1, 0}));
}

TEST(MachineShares, ARunThatNeedsMoreThanTheMachineGetsTheWholeMachine) {
  MachineShares shares(machine, 0);
  const auto small = shares.take({1, 0});
  EXPECT_FALSE(shares.take({64, 8}));
  shares.give_back(*small);
  EXPECT_THAT(shares.take({64, 8})->processors, ElementsAre(0, 1, 2, 5));
}

TEST(MachineShares, KnownMemoryIsSharedOut) {
  MachineShares shares({{0, 1, 2, 5}, {}, 1000}, 0);
  const auto first = shares.take({1, 0, 600});
  ASSERT_TRUE(first);
  EXPECT_FALSE(shares.take({1, 0, 600}));
  EXPECT_TRUE(shares.take({1, 0, 0}));
  shares.give_back(*first);
  EXPECT_TRUE(shares.take({1, 0, 5000}));  // gets all of it
  EXPECT_FALSE(shares.take({1, 0, 1}));
}

TEST(MachineShares, SlotsIgnoreMemory) {
  MachineShares shares({{0, 1}, {}, 1000}, 2);
  EXPECT_TRUE(shares.take({1, 0, 900}));
  EXPECT_TRUE(shares.take({1, 0, 900}));
}

TEST(MachineShares, SlotsAreEqualPartsOfTheProcessors) {
  MachineShares shares(machine, 2);
  EXPECT_THAT(shares.take({1, 0})->processors, ElementsAre(0, 1));
  EXPECT_THAT(shares.take({64, 0})->processors, ElementsAre(2, 5));
  EXPECT_FALSE(shares.take({1, 0}));
}

TEST(MachineShares, WithMoreSlotsThanProcessorsRunsMayUseAnyProcessor) {
  MachineShares shares(machine, 9);
  for (int slot = 0; slot < 9; ++slot) EXPECT_THAT(shares.take({1, 0})->processors, IsEmpty());
  EXPECT_FALSE(shares.take({1, 0}));
}

TEST(MachineShares, ThisMachineHasProcessorsAndMemory) {
  EXPECT_FALSE(whole_machine().processors.empty());
  EXPECT_GT(whole_machine().memory_mib, 16);
}

}  // namespace
}  // namespace pbn::executors
