#include "evaluation/verdict.h"

#include <gtest/gtest.h>

namespace pbn::evaluation {
namespace {

using Values = std::vector<double>;

Finding finding_of(const Values& differences, std::optional<double> margin, Seeds seeds) {
  return judge(std::vector{PlannedComparison{differences, margin}}, seeds)[0].finding;
}

const Values positive{0.9, 1.1, 1.3, 0.8, 1.2, 1.0, 0.7, 1.15},
    negative{-0.9, -1.1, -1.3, -0.8, -1.2, -1.0, -0.7, -1.1};
const Values small{0.1, -0.1, 0.05, -0.05, 0.1, -0.1, 0.05, -0.05, 0.1, -0.1, 0.05, -0.05};

TEST(Verdict, IsHigherOrLowerWhereTheDifferenceIsSignificant) {
  for (const Seeds seeds : {Seeds::fixed, Seeds::sequential}) {
    EXPECT_EQ(finding_of(positive, {}, seeds), Finding::higher);
    EXPECT_EQ(finding_of(negative, {}, seeds), Finding::lower);
    EXPECT_EQ(finding_of(small, {}, seeds), Finding::undecided);
    EXPECT_EQ(finding_of({}, {}, seeds), Finding::undecided);
  }
}

TEST(Verdict, IsEquivalentWhereTheIntervalIsInsideTheMargin) {
  for (const Seeds seeds : {Seeds::fixed, Seeds::sequential}) {
    EXPECT_EQ(finding_of(small, 0.5, seeds), Finding::equivalent);
    EXPECT_EQ(finding_of(small, 0.01, seeds), Finding::undecided);
    EXPECT_EQ(finding_of({}, 0.5, seeds), Finding::undecided);
    EXPECT_EQ(finding_of({0.0}, 0.5, seeds), Finding::undecided);
  }
}

TEST(Verdict, AcceptsTheErrorThatTheStudyNames) {
  const std::vector<PlannedComparison> planned{{positive, 0.5}, {small, 0.06}};
  const auto judgements = judge(planned, Seeds::fixed);
  EXPECT_EQ(judgements[0].finding, Finding::higher) << "p is 2/2^8, twice as much corrected";
  EXPECT_EQ(judgements[1].finding, Finding::equivalent);
  const auto strict = judge(planned, Seeds::fixed, 0.005);
  EXPECT_EQ(strict[0].finding, Finding::undecided);
  EXPECT_EQ(strict[1].finding, Finding::undecided);
  EXPECT_EQ(strict[0].corrected, judgements[0].corrected);
}

TEST(Verdict, CorrectsForAllComparisonsThatWerePlanned) {
  std::vector<PlannedComparison> planned{{positive, {}}, {{1, -2, 3, 1, 2, 1, 2, 3}, {}}, {{}, {}}};
  const auto holm = judge(planned, Seeds::fixed);
  EXPECT_EQ(holm[0].corrected, 3 * holm[0].p);
  EXPECT_EQ(holm[1].corrected, 2 * holm[1].p);
  EXPECT_EQ(holm[2].corrected, 1);
  for (PlannedComparison& comparison : planned) comparison.margin = 0.5;
  const auto bonferroni = judge(planned, Seeds::fixed);
  EXPECT_EQ(bonferroni[0].corrected, 3 * holm[0].p);
  EXPECT_EQ(bonferroni[1].corrected, 3 * holm[1].p);
}

}  // namespace
}  // namespace pbn::evaluation
