#include "orchestrator/report/result_scan.h"

#include <gmock/gmock.h>

namespace pbn {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(ResultScan, TakesWhatAReportNeedsInOnePass) {
  const auto result = scan_result(R"({"run": "ab", "protocol": "scale-1", "parameters": 7,
      "outcome": {"figures": {"auc.all16": 4, "pckh50.all16": 51.5}, "training_loss": [0.5, 0.25], "final_epoch": 2},
      "measured": {"host": "here", "seconds": 12.5, "ranks": 2, "init": {"seconds": 1}},
      "versions": {"libtorch": "2.4"}})");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->run, "ab");
  EXPECT_EQ(result->protocol, "scale-1");
  EXPECT_THAT(result->figures, ElementsAre(Pair("auc.all16", 4), Pair("pckh50.all16", 51.5)));
  EXPECT_EQ(result->training_loss, 0.25);
  EXPECT_EQ(result->measured, (Json{{"host", "here"}, {"seconds", 12.5}, {"ranks", 2}}));
  EXPECT_EQ(result->versions, (Json{{"libtorch", "2.4"}}));
}

// Other people's workers write what they like.
TEST(ResultScan, PassesOverWhatIsNoFigureAndGoesOnBehindIt) {
  const auto result = scan_result(
      R"({"outcome": {"figures": {"a": "good", "b": {"c": 1}, "d": [1, 2], "e": null, "f": 0.5}, "training_loss": 3}})");
  ASSERT_TRUE(result);
  EXPECT_THAT(result->figures, ElementsAre(Pair("f", 0.5)));
  EXPECT_EQ(result->training_loss, 3);
  EXPECT_EQ(result->run, "");
}

TEST(ResultScan, HasNothingToSayOfWhatIsNoResult) {
  for (const char* text : {"", "{", "[1]", "7", "{}", R"({"outcome": {"figures": 7}})", R"({"figures": {"a": 1}})",
                           R"({"outcome": {"figures": {"a": 1}})", R"({"outcome": {"figures": {}}} more)"}) {
    EXPECT_FALSE(scan_result(text)) << text;
  }
}

}  // namespace
}  // namespace pbn
