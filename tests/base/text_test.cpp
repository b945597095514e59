#include <gmock/gmock.h>

#include <array>

#include "base/foreign_text.h"
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

TEST(ForeignText, LosesWhatWouldReachIntoTheTerminal) {
  EXPECT_EQ(fit_to_show("\033[31mred\033[0m \033]0;title\a\033[2J\033(Bend\033[K"), "red end");
  EXPECT_EQ(fit_to_show("\033]8;;http://x\033\\link\033]8;;\033\\ a\tb\bc\x7f\x9b\xc2\x9b"), "link a bc\uFFFD");
  EXPECT_EQ(fit_to_show(std::string("a\0b\rc\nd", 7)), "abcd");
  EXPECT_EQ(fit_to_show("\033"), "");
  EXPECT_EQ(fit_to_show("\033[12;"), "");
  EXPECT_EQ(fit_to_show("\033[3\u00e9"), "\u00e9");
}

TEST(ForeignText, IsUtf8WhateverItWas) {
  EXPECT_EQ(fit_to_show("t\u00eate \u20ac \U0001F600"), "t\u00eate \u20ac \U0001F600");
  EXPECT_EQ(fit_to_show("gr\xfc\xdf"), "gr\uFFFD\uFFFD");
  EXPECT_EQ(fit_to_show("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80"),
            "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(fit_to_show("cut \xe2\x82"), "cut \uFFFD\uFFFD");
}

TEST(ForeignText, OfALongLineShowsTheEnd) {
  EXPECT_EQ(fit_to_show("0123456789", 4), "\u20266789");
  EXPECT_EQ(fit_to_show("0123", 4), "0123");
  EXPECT_EQ(fit_to_show("ab\u00e9\u00e9", 3), "\u2026\u00e9");
  const std::string shown = fit_to_show(std::string(60'000'000, 'x') + "the end");
  EXPECT_EQ(shown.size(), most_shown_of_a_line + 3);
  EXPECT_TRUE(shown.ends_with("xthe end"));
}

}  // namespace
}  // namespace pbn
