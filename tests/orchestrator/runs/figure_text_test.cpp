#include "orchestrator/runs/figure_text.h"

#include <gmock/gmock.h>

namespace pbn::runs {
namespace {

using ::testing::ElementsAre;

TEST(FigureText, HasFourSignificantDigits) {
  EXPECT_EQ(figure_text(51.537), "51.54");
  EXPECT_EQ(figure_text(0.0001), "0.0001");
  EXPECT_EQ(figure_text(1e-9), "1e-09");
  EXPECT_EQ(figure_text(123456.7), "123457");
  EXPECT_EQ(figure_text(0), "0");
  EXPECT_EQ(figure_text(-0.125), "-0.125");
}

std::vector<std::string> difference_of(double first, double second) {
  const FigureDifference text = difference_text(first, second);
  return {text.first, text.second, text.difference};
}

TEST(FigureText, BothValuesHaveTheDigitsOfTheirDifference) {
  EXPECT_THAT(difference_of(51.5, 52.75), ElementsAre("51.50", "52.75", "+1.25"));
  EXPECT_THAT(difference_of(1e-4, 3e-4), ElementsAre("0.00010", "0.00030", "+0.00020"));
  EXPECT_THAT(difference_of(0.5, 0.5001), ElementsAre("0.50000", "0.50010", "+0.00010"));
  EXPECT_THAT(difference_of(1e-12, 3e-12), ElementsAre("1e-12", "3e-12", "+2e-12"));
  EXPECT_THAT(difference_of(3e12, 1e12), ElementsAre("3e+12", "1e+12", "-2e+12"));
  EXPECT_THAT(difference_of(2, 2), ElementsAre("2.00", "2.00", "+0.00"));
}

}  // namespace
}  // namespace pbn::runs
