#include <gmock/gmock.h>

#include <array>
#include <sstream>

#include "base/foreign_text.h"
#include "base/number_text.h"
#include "base/progress.h"
#include "base/suggestion.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"

namespace pbn {
namespace {

TEST(Table, ColoursHaveNoWidth) {
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

TEST(Table, ReplacesControlCharacters) {
  const Table table{{"name", "x"}, {{"a\033[2Jb\nc\xff", "\033[31m1\033[0m"}}};
  EXPECT_EQ(table.to_text(),
            "name       x\n"
            "------------\n"
            "a\uFFFD[2Jb c\uFFFD  \033[31m1\033[0m\n");
}

TEST(Table, FitsATerminalByShorterNamesOrInSeveralParts) {
  const Table table{{"cell", "first", "second"}, {{"a long name of the cell 1", "1", "2"}, {"another", "3", "4"}}};
  EXPECT_EQ(table.to_text(32),
            "cell               first  second\n"
            "--------------------------------\n"
            "a long n…e cell 1      1       2\n"
            "another                3       4\n");
  EXPECT_EQ(table.to_text(24),
            "cell              first\n"
            "-----------------------\n"
            "a long n… cell 1      1\n"
            "another               3\n"
            "\n"
            "cell              second\n"
            "------------------------\n"
            "a long n… cell 1       2\n"
            "another                4\n");
  EXPECT_EQ(table.to_text(0), table.to_text(200));
}

TEST(Table, NeverHasALineThatIsTooLong) {
  const std::string accents(200, 'x');
  const Table table{{"cell", "a", "b", "c"},
                    {{"名前名前名前名前名前名前名前名前名前名前", accents, "1", accents}, {"é", "", "2", ""}}};
  for (const std::size_t columns : {20u, 24u, 40u, 80u, 100u}) {
    std::istringstream text(table.to_text(columns));
    for (std::string line; std::getline(text, line);) EXPECT_LE(columns_of(line), columns) << line;
  }
}

TEST(Text, IsPrintableWithoutControlCharactersAndInvalidUtf8) {
  EXPECT_EQ(printable_text("plain é 人 😀\n\t"), "plain é 人 😀\n\t");
  EXPECT_EQ(printable_text("\033\001\f\x7f"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(printable_text("\xef\xbf\xbe \xc2\x85"), "\uFFFD \uFFFD");  // U+FFFE, U+0085
  EXPECT_EQ(printable_text("\xed\xa0\x80 \xc0\xaf"),
            "\uFFFD\uFFFD\uFFFD \uFFFD\uFFFD");  // a surrogate; "/" in two bytes
  EXPECT_EQ(printable_text("\xff\xe4"), "\uFFFD\uFFFD");
  EXPECT_EQ(one_line("a\nb\tc\x1b[31md"), "a b c\uFFFD[31md");
  EXPECT_EQ(one_line("\033[31mred\033[0m\033[2J", Colours::kept), "\033[31mred\033[0m\uFFFD[2J");
}

TEST(Text, IsCutToColumnsAndNotToBytes) {
  EXPECT_EQ(columns_of("né"), 2u);
  EXPECT_EQ(columns_of("人\033[31m!\033[0m"), 3u);
  EXPECT_EQ(cut_to_columns("abc", 3), "abc");
  EXPECT_EQ(cut_to_columns("abcd", 3), "ab…");
  EXPECT_EQ(cut_to_columns("人人人", 4), "人…");
  EXPECT_EQ(cut_to_columns("\033[31mabcd\033[0m", 3), "\033[31mab…\033[0m");
  EXPECT_EQ(cut_in_the_middle("abcdefgh", 5), "ab…gh");
  EXPECT_EQ(wrapped("one two three", 8), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 0), "one two three");
  EXPECT_EQ(wrapped("  as it is\none two three\n", 10), "  as it is\none two\nthree\n");
}

TEST(Numbers, AreRoundedHalfAwayFromZeroAsDecimals) {
  EXPECT_EQ(fixed_text(0.125, 2), "0.13");
  EXPECT_EQ(fixed_text(-0.125, 2), "-0.13");
  EXPECT_EQ(fixed_text(2.675, 2), "2.68");
  EXPECT_EQ(fixed_text(87.25, 1), "87.3");
  EXPECT_EQ(fixed_text(99.96, 1), "100.0");
  EXPECT_EQ(fixed_text(0.5, 0), "1");
  EXPECT_EQ(fixed_text(12, 2), "12.00");
  EXPECT_EQ(fixed_text(-0.0, 1), "0.0");
  EXPECT_EQ(fixed_text(1.25, 1, Sign::always), "+1.3");
  EXPECT_EQ(fixed_text(0, 2, Sign::always), "+0.00");
  EXPECT_EQ(significant_text(0.12345, 4), "0.1235");
  EXPECT_EQ(significant_text(12345, 4), "1.235e+04");
  EXPECT_EQ(significant_text(-1e308, 4), "-1e+308");
  EXPECT_EQ(significant_text(1.7976931348623157e308, 4), "1.798e+308");
}

TEST(Numbers, OtherThanZeroAreNotShownAsZero) {
  EXPECT_EQ(fixed_text(0.0001, 2), "0.0001");
  EXPECT_EQ(fixed_text(0.04, 1), "0.04");
  EXPECT_EQ(fixed_text(-1e-5, 2, Sign::always), "-1e-05");
  EXPECT_EQ(significant_text(1e-4, 4, Sign::always), "+0.0001");
  EXPECT_EQ(significant_text(5e-324, 4), "4.941e-324");
}

TEST(Suggestion, TheNearestNameOrTheShortList) {
  const std::array<std::string, 3> heads{"plain", "deep", "pbn"};
  EXPECT_EQ(suggestion("plian", heads), "did you mean \"plain\"?");
  EXPECT_EQ(suggestion("transformer", heads), "known are: plain, deep, pbn");
  EXPECT_EQ(suggestion("x", {}), "");
}

TEST(Progress, DurationsAreWrittenInHoursMinutesAndSeconds) {
  EXPECT_EQ(human_duration(0.04), "0.0 s");
  EXPECT_EQ(human_duration(9.94), "9.9 s");
  EXPECT_EQ(human_duration(59.4), "59 s");
  EXPECT_EQ(human_duration(185), "3 min 05 s");
  EXPECT_EQ(human_duration(3720), "1 h 02 min");
  EXPECT_EQ(human_duration(1.0 / 0.0), "?");
}

TEST(Progress, ShortWorkPrintsNothing) {
  testing::internal::CaptureStderr();
  {
    Progress progress("quick", 3, "steps");
    for (int i = 0; i < 3; ++i) progress.advance();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ForeignText, LosesControlSequences) {
  EXPECT_EQ(printable_line("\033[31mred\033[0m \033]0;title\a\033[2J\033(Bend\033[K"), "red end");
  EXPECT_EQ(printable_line("\033]8;;http://x\033\\link\033]8;;\033\\ a\tb\bc\x7f\x9b\xc2\x9b"), "link a bc\uFFFD");
  EXPECT_EQ(printable_line(std::string("a\0b\rc\nd", 7)), "abcd");
  EXPECT_EQ(printable_line("\033"), "");
  EXPECT_EQ(printable_line("\033[12;"), "");
  EXPECT_EQ(printable_line("\033[3\u00e9"), "\u00e9");
}

TEST(ForeignText, IsAlwaysUtf8) {
  EXPECT_EQ(printable_line("t\u00eate \u20ac \U0001F600"), "t\u00eate \u20ac \U0001F600");
  EXPECT_EQ(printable_line("gr\xfc\xdf"), "gr\uFFFD\uFFFD");
  EXPECT_EQ(printable_line("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80"),
            "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(printable_line("cut \xe2\x82"), "cut \uFFFD\uFFFD");
}

TEST(ForeignText, ShowsTheEndOfALongLine) {
  EXPECT_EQ(printable_line("0123456789", 4), "\u20266789");
  EXPECT_EQ(printable_line("0123", 4), "0123");
  EXPECT_EQ(printable_line("ab\u00e9\u00e9", 3), "\u2026\u00e9");
  const std::string shown = printable_line(std::string(60'000'000, 'x') + "the end");
  EXPECT_EQ(shown.size(), most_shown_of_a_line + 3);
  EXPECT_TRUE(shown.ends_with("xthe end"));
}

}  // namespace
}  // namespace pbn
