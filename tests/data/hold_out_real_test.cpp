// Newell's list of the people that are held out of MPII's training split.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "data/preparing/hold_out.h"
#include "tests/places.h"

namespace pbn::data {
namespace {

TEST(NewellsList, NamesTwoThousandNineHundredFiftyEightPeopleOnceEach) {
  const std::filesystem::path file = shared_data() / "mpii/valid.h5";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "needs real data at " << file;
  std::set<std::tuple<std::string, std::optional<int>>> people;
  for (const SplitEntry& entry : read_split_list(file)) people.emplace(entry.image, entry.person);
  EXPECT_EQ(people.size(), 2958u);
  EXPECT_TRUE(people.contains({"005808361.jpg", 0}));
}

}  // namespace
}  // namespace pbn::data
