// Completion in bash, and the manual page.
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/files.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What bash offers for the last of these words.
std::string offers(const std::string& line) {
  const std::string script = "source <(" + built_program("pbn") + " completion)\nCOMP_WORDS=(" + line +
                             ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_pbn\necho \"${COMPREPLY[*]}\"";
  const CommandOutcome outcome = run_program({"bash", "-c", script});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return outcome.output;
}

TEST(BashCompletion, OffersCommandsAndTheirOptions) {
  EXPECT_EQ(offers("pbn expl"), "explain\n");
  EXPECT_EQ(offers("pbn run grid.yaml --slo"), "--slots\n");
  EXPECT_THAT(offers("pbn run grid.yaml --"),
              AllOf(HasSubstr("--retries"), HasSubstr("--help"), Not(HasSubstr("quality"))));
}

TEST(BashCompletion, OffersTheWordsThatAnOptionOrAnArgumentTakes) {
  EXPECT_EQ(offers("pbn prepare lsp folder --encoding j"), "jpeg\n");
  EXPECT_THAT(offers("pbn prepare ''"), AllOf(HasSubstr("synthetic"), HasSubstr("mpii-newell")));
}

TEST(BashCompletion, LeavesFilesToBash) {
  EXPECT_EQ(offers("pbn plan my"), "\n");
  EXPECT_EQ(offers("pbn plan grid.yaml --base my"), "\n");
}

TEST(ManualPage, IsFormattedByGroffWithoutAWarning) {
  if (std::system("command -v groff >/dev/null") != 0) GTEST_SKIP() << "needs groff (Debian: groff-base)";
  const CommandOutcome page =
      run_program({"bash", "-c", built_program("pbn") + " manual | groff -man -Tascii -ww -P-c -P-b -P-u -rLL=110n"});
  EXPECT_EQ(page.code, 0);
  EXPECT_THAT(page.output, Not(HasSubstr("warning")));
  EXPECT_THAT(page.output, HasSubstr("pbn run GRID [options]"));
  EXPECT_THAT(page.output, HasSubstr("--slots N"));
  EXPECT_THAT(page.output, HasSubstr("source <(pbn completion)"));
  EXPECT_THAT(page.output, HasSubstr("saved; start it again"));
}

}  // namespace
}  // namespace pbn::commands
