// Ranks with different settings, data or programs refuse to start, on ranks started by mpirun.
#include <gtest/gtest.h>

#include "tests/worker/communication/world.h"
#include "worker/communication/handshake.h"

namespace pbn::worker {
namespace {

std::string error_about(const Facts& mine) {
  try {
    require_same_facts(world(), mine);
  } catch (const SharedError& thrown) {
    EXPECT_EQ(thrown.blame, Blame::environment);
    return thrown.what();
  }
  return "";
}

bool is_last() { return world().size() > 1 && world().rank() == world().size() - 1; }

std::string last_rank() { return fmt::format("rank {} on {}", world().size() - 1, world().hosts().back()); }

TEST(Handshake, EqualFactsPass) { EXPECT_EQ(error_about({{"seed", "1"}, {"data", "ab12"}}), ""); }

TEST(Handshake, ADifferentValueIsNamedWithItsRankOnEveryRank) {
  const std::string error = error_about({{"seed", "1"}, {"training data", is_last() ? "ff00" : "ab12"}});
  if (world().size() == 1) return;
  EXPECT_EQ(error, last_rank() + ": its training data is ff00; that of rank 0, on " + world().hosts()[0] +
                       ", is ab12; give all ranks the same program, settings and files");
}

TEST(Handshake, ASurplusItemIsNamed) {
  Facts mine{{"seed", "1"}};
  if (is_last()) mine.emplace_back("parameter stem.conv", "(64, 3, 7, 7)");
  const std::string error = error_about(mine);
  if (world().size() == 1) return;
  EXPECT_TRUE(error.starts_with(last_rank() + ": it has parameter stem.conv where rank 0, on ")) << error;
}

TEST(Ranks, TextsOfAnyLengthReachAllRanks) {
  const auto text_of = [](int rank) { return std::string(static_cast<std::size_t>(1000 * rank), 'x'); };
  const std::vector<std::string> all = world().gather(text_of(world().rank()));
  for (int rank = 0; rank < world().size(); ++rank) EXPECT_EQ(all[static_cast<std::size_t>(rank)], text_of(rank));
  EXPECT_EQ(world().from_first(world().rank() == 0 ? "from the first" : ""), "from the first");
}

}  // namespace
}  // namespace pbn::worker
