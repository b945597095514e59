#include <gmock/gmock.h>

#include <array>

#include "base/progress.h"
#include "base/suggestion.h"
#include "base/table.h"

namespace pbn {
namespace {

TEST(Table, ColoursTakeNoRoom) {
  const Table table{{"run", "state"}, {{"a", "\033[31mfailed\033[0m"}, {"b", "completed"}}};
  EXPECT_EQ(table.to_text(), "run      state\n--------------\na       \033[31mfailed\033[0m\nb    completed\n");
}

TEST(Table, AlignsNamesLeftAndFiguresRightAlsoWithAccents) {
  const Table table{{"head", "PCKh"}, {{"plain", "87.3 ± 0.2"}, {"tête", "9"}}};
  EXPECT_EQ(table.to_text(),
            "head         PCKh\n"
            "-----------------\n"
            "plain  87.3 ± 0.2\n"
            "tête            9\n");
  EXPECT_EQ(table.to_markdown(),
            "| head  |       PCKh |\n"
            "|---|---:|\n"
            "| plain | 87.3 ± 0.2 |\n"
            "| tête  |          9 |\n");
}

TEST(Table, ABarInACellDoesNotBreakMarkdown) {
  EXPECT_THAT((Table{{"a|b"}, {{"c|"}}}).to_markdown(), testing::HasSubstr("a\\|b"));
}

TEST(Suggestion, TheNearestNameOrTheShortList) {
  const std::array<std::string, 3> heads{"plain", "deep", "pbn"};
  EXPECT_EQ(suggestion("plian", heads), "did you mean \"plain\"?");
  EXPECT_EQ(suggestion("transformer", heads), "known are: plain, deep, pbn");
  EXPECT_EQ(suggestion("x", {}), "");
}

TEST(Progress, DurationsReadAsAPersonSaysThem) {
  EXPECT_EQ(human_duration(0.04), "0.0 s");
  EXPECT_EQ(human_duration(9.94), "9.9 s");
  EXPECT_EQ(human_duration(59.4), "59 s");
  EXPECT_EQ(human_duration(185), "3 min 05 s");
  EXPECT_EQ(human_duration(3720), "1 h 02 min");
  EXPECT_EQ(human_duration(1.0 / 0.0), "?");
}

TEST(Progress, ShortWorkSaysNothing) {
  testing::internal::CaptureStderr();
  {
    Progress progress("quick", 3, "steps");
    for (int i = 0; i < 3; ++i) progress.advance();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace pbn
