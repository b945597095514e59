#include "worker/device/processors.h"
#include "tests/places.h"

#include <gmock/gmock.h>

#include "base/host.h"

namespace pbn::worker {
namespace {

using testing::ElementsAre;

constexpr const char* two_nodes = "numa:2 core:4 pu:1";
const std::vector<int> all_eight{0, 1, 2, 3, 4, 5, 6, 7};

TEST(Processors, AreWrittenAsRanges) {
  EXPECT_EQ(as_ranges({0, 1, 2, 3, 8}), "0-3,8");
  EXPECT_EQ(as_ranges({5}), "5");
  EXPECT_EQ(as_ranges({}), "");
}

TEST(Processors, RanksAreDistributedOverTheNumaNodes) {
  EXPECT_THAT(near_processors(all_eight, 0, 2, two_nodes), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(near_processors(all_eight, 1, 2, two_nodes), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(near_processors(all_eight, 1, 4, two_nodes), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(near_processors(all_eight, 2, 4, two_nodes), ElementsAre(4, 5, 6, 7));
}

TEST(Processors, ThatAreNotAllowedAreNotUsed) {
  EXPECT_THAT(near_processors({2, 3, 4, 5, 6, 7}, 0, 3, two_nodes), ElementsAre(2, 3));
  EXPECT_THAT(near_processors({2, 3, 4, 5, 6, 7}, 2, 3, two_nodes), ElementsAre(4, 5, 6, 7));
}

TEST(Processors, AreAllUsedOnASingleNumaNode) {
  EXPECT_EQ(near_processors(all_eight, 1, 2, "numa:1 core:8 pu:1"), all_eight);
  EXPECT_EQ(near_processors({4, 5, 6}, 1, 2, two_nodes), (std::vector{4, 5, 6}));
}

const std::string two_gpus = source_folder() / "tests/worker/device/two_gpus.xml";
constexpr const char* first_gpu = "0000:3b:00.0";
constexpr const char* second_gpu = "0000:af:00.0";

TEST(Processors, OfARankWithAGpuAreThoseNearTheGpu) {
  EXPECT_THAT(processors_near_pci_device({0, 1, 2, 3}, first_gpu, two_gpus), ElementsAre(0, 1));
  EXPECT_THAT(processors_near_pci_device({0, 1, 2, 3}, second_gpu, two_gpus), ElementsAre(2, 3));
  EXPECT_THAT(processors_near_pci_device({1, 3}, second_gpu, two_gpus), ElementsAre(3));
}

TEST(Processors, AreAllUsedIfNoneNearTheGpuIsAllowedOrTheGpuIsUnknown) {
  EXPECT_THAT(processors_near_pci_device({0, 1}, second_gpu, two_gpus), ElementsAre(0, 1));
  EXPECT_THAT(processors_near_pci_device({0, 1, 2, 3}, "0000:01:00.0", two_gpus), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(processors_near_pci_device({0, 1, 2, 3}, first_gpu, two_nodes), ElementsAre(0, 1, 2, 3));
}

TEST(Processors, OfThisProcessAreThoseItIsBoundTo) {
  const std::vector<int> before = allowed_processors();
  bind_to({before.front()});
  EXPECT_THAT(allowed_processors(), ElementsAre(before.front()));
  bind_to(before);
}

}  // namespace
}  // namespace pbn::worker
