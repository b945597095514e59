#include "bench/contest.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace pbn::bench {
namespace {

TEST(Contest, MeasuresInTurnAfterAWarmUpThatDoesNotCount) {
  std::string order;
  double figure = 100;  // the largest is of the warm-up
  const auto of = [&](const std::string& name) {
    return Contestant{name, [&order, &figure, name](double) {
                        order += name;
                        return figure--;
                      }};
  };
  EXPECT_EQ(medians_in_turn({of("a"), of("b")}, {.rounds = 3, .seconds = 1}), (std::vector<double>{96, 95}));
  EXPECT_EQ(order, "abababab");
}

TEST(Contest, APeerAnswersUntilItIsDestroyed) {
  const std::vector<std::string> twice{"sh", "-c", "echo ready; while read s; do echo $((s * 2)); done"};
  Peer first(twice), second(twice);  // neither keeps the other's input open
  EXPECT_EQ(first.measure(3), 6);
  EXPECT_EQ(second.measure(4), 8);
  EXPECT_EQ(first.measure(5), 10);
  EXPECT_GT(first.peak_mebibytes(), 0);
}

TEST(Contest, APeerThatBreaksOffIsAnError) {
  EXPECT_THROW(Peer({"sh", "-c", "exit 3"}), Error);
  Peer peer({"sh", "-c", "echo ready; read s; echo what"});
  EXPECT_THROW(peer.measure(1), Error);
  EXPECT_THROW(Peer({"no-such-program"}), Error);
}

}  // namespace
}  // namespace pbn::bench
