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

TEST(Comparison, CorrectsForAllCellsThatAreToBeCompared) {
  const Json six = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  Json outcome = {{"cells",
                   {cell("base", true, {}, {0.0, 0.0, 0.0, 0.0, 0.0, 0.0}), cell("a", false, {}, six),
                    cell("b", false, {}, {1.0, -2.0, 3.0, -4.0, 5.0, -6.0}), cell("none", false, {}, {})}}};
  compare_with_baseline(outcome, {"f"});
  const auto figure = [&](int i) { return outcome["cells"][i]["against"]["figures"]["f"]; };
  EXPECT_EQ(figure(1)["p"], 2.0 / 64);
  EXPECT_EQ(figure(1)["holm"], 3 * 2.0 / 64);  // the one without results is one of them: it was planned
  EXPECT_EQ(figure(1)["least_p"], 2.0 / 64);
  EXPECT_GT(figure(2)["holm"], 0.5);
  EXPECT_TRUE(outcome["cells"][3]["against"]["figures"].empty());
}

TEST(Comparison, BeyondFortySeedsIsDrawnAndStaysAmongThoseThatAreCorrected) {
  const Json zeros = std::vector<double>(50, 0.0), ones = std::vector<double>(50, 1.0);
  Json some = ones;
  for (std::size_t i = 20; i < 50; ++i) some[i] = nullptr;
  Json outcome = {
      {"cells", {cell("base", true, {}, zeros), cell("all", false, {}, ones), cell("some", false, {}, some)}}};
  compare_with_baseline(outcome, {"f"});
  const Json& all = outcome["cells"][1]["against"]["figures"]["f"];
  EXPECT_EQ(all["p"], 1e-5);
  EXPECT_EQ(all["least_p"], 1e-5);
  EXPECT_EQ(all["draws"], sign_flip_draws);
  const Json& twenty = outcome["cells"][2]["against"]["figures"]["f"];
  EXPECT_FALSE(twenty.contains("draws"));
  EXPECT_DOUBLE_EQ(twenty["holm"], 2 * twenty["p"].get<double>());
}

TEST(Comparison, OfFiguresOfAnySizeHasAP) {
  const auto compared = [](const Json& ours, const Json& theirs) {
    Json outcome = {{"cells", {cell("base", true, {}, theirs), cell("a", false, {}, ours)}}};
    compare_with_baseline(outcome, {"f"});
    return outcome["cells"][1]["against"]["figures"]["f"];
  };
  const Json far = compared({-1e308, -1e308, -1e308}, {0.5, 0.5, 0.5});
  EXPECT_EQ(far["mean"], -1e308);
  EXPECT_EQ(far["low"], -1e308);
  EXPECT_EQ(far["p"], 0.25);
  const Json beyond = compared({-1e308, -1e308, -1e308}, {1e308, 1e308, 1e308});
  EXPECT_TRUE(beyond["mean"].is_null());  // no double can hold it
  EXPECT_EQ(beyond["p"], 0.25);
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
