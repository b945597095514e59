#include "orchestrator/report/comparison.h"

#include <gtest/gtest.h>

namespace pbn {
namespace {

Json cell(const char* label, bool is_baseline, Json settings, Json values) {
  return {{"label", label},
          {"cell", label},
          {"baseline", is_baseline},
          {"settings", settings},
          {"figures", {{"f", values}}}};
}

TEST(Comparison, PairsTheSeedsThatBothHave) {
  Json outcome = {{"cells",
                   {cell("plain", true, {{"head", "plain"}}, {80.0, 81.0, nullptr, 83.0}),
                    cell("pbn", false, {{"head", "pbn"}}, {81.0, nullptr, 90.0, 84.5})}}};
  compare_with_baseline(outcome, {"f"});
  const Json& pairs = outcome["cells"][1]["against"]["figures"]["f"];
  EXPECT_EQ(pairs["n"], 2);
  EXPECT_DOUBLE_EQ(pairs["mean"], 1.25);                   // +1 and +1.5
  EXPECT_NEAR(pairs["low"], 1.25 - 12.7062 * 0.25, 1e-3);  // t of one degree of freedom
  EXPECT_EQ(pairs["p"], 0.5);
}

TEST(Comparison, TakesTheBaselineThatDiffersLeast) {
  Json outcome = {{"cells",
                   {cell("plain at 1 stack", true, {{"head", "plain"}, {"stacks", 1}}, {80.0}),
                    cell("plain at 3 stacks", true, {{"head", "plain"}, {"stacks", 3}}, {85.0}),
                    cell("pbn at 3 stacks", false, {{"head", "pbn"}, {"stacks", 3}, {"depth", 1}}, {86.0})}}};
  compare_with_baseline(outcome, {"f"});
  EXPECT_EQ(outcome["cells"][2]["against"]["label"], "plain at 3 stacks");
  EXPECT_EQ(outcome["cells"][2]["against"]["figures"]["f"]["mean"], 1);
}

TEST(Comparison, CorrectsForAllCellsThatAreCompared) {
  const Json six = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  Json outcome = {{"cells",
                   {cell("base", true, {}, {0.0, 0.0, 0.0, 0.0, 0.0, 0.0}), cell("a", false, {}, six),
                    cell("b", false, {}, {1.0, -2.0, 3.0, -4.0, 5.0, -6.0}), cell("none", false, {}, {})}}};
  compare_with_baseline(outcome, {"f"});
  const auto figure = [&](int i) { return outcome["cells"][i]["against"]["figures"]["f"]; };
  EXPECT_EQ(figure(1)["p"], 2.0 / 64);
  EXPECT_EQ(figure(1)["holm"], 2 * 2.0 / 64);  // the one without results is none of them
  EXPECT_EQ(figure(1)["least_p"], 2.0 / 64);
  EXPECT_GT(figure(2)["holm"], 0.5);
  EXPECT_TRUE(outcome["cells"][3]["against"]["figures"].empty());
}

TEST(Comparison, OfASingleSeedClaimsNothing) {
  Json outcome = {{"cells", {cell("base", true, {}, {80.0}), cell("a", false, {}, {90.0})}}};
  compare_with_baseline(outcome, {"f"});
  const Json& pairs = outcome["cells"][1]["against"]["figures"]["f"];
  EXPECT_FALSE(pairs.contains("low"));
  EXPECT_EQ(pairs["p"], 1);
}

}  // namespace
}  // namespace pbn
