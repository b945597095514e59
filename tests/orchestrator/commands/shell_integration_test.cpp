// Completion in bash, zsh and fish, and the manual page.
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/files.h"
#include "base/process.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What bash offers for the last of these words.
std::string offers(const std::string& line, const std::string& folder = ".") {
  const std::string script = "cd '" + folder + "'; source <(" + built_program("pbn") + " completion)\nCOMP_WORDS=(" +
                             line + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_pbn\necho \"${COMPREPLY[*]}\"";
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

TEST(BashCompletion, OffersTheSweepsOfTheStore) {
  const TemporaryFolder folder;
  for (const char* sweep : {"demo-f5c6d481", "study-of-depth-00112233"}) {
    std::filesystem::create_directories(folder / "store/sweeps" / sweep);
    write_atomically(folder / "store/sweeps" / sweep / "cells.jsonl", "");
  }
  write_atomically(folder / "demo grid.yaml", "");
  const std::string store = (folder / "store").string(), at = folder.path().string();
  EXPECT_EQ(offers("pbn status de", store), "demo demo-f5c6d481\n");
  EXPECT_EQ(offers("pbn logs study-of-depth-", store), "study-of-depth-00112233\n");
  EXPECT_EQ(offers("pbn report --store store de", at), "demo demo-f5c6d481 demo grid.yaml\n");
  EXPECT_EQ(offers("pbn status --store = store st", at), "study-of-depth study-of-depth-00112233 store\n");
  EXPECT_EQ(offers("pbn run demo --set de", store), "\n") << "a value of an option";
  EXPECT_EQ(offers("pbn inspect de", store), "\n");
}

// The line that zsh makes of this one when the Tab key is pressed.
std::string completed_by_zsh(const std::string& line, const std::string& folder = ".") {
  const std::string script =
      "zmodload zsh/zpty; zpty shell zsh -f -i\n"
      "zpty -w shell 'autoload -Uz compinit; compinit -u -D; source <(" +
      built_program("pbn") + " completion zsh); cd \"" + folder +
      "\"; show() { print -r -- \"<$BUFFER>\" }; zle -N show; bindkey \"^X\" show; print re\"\"ady'\n"
      "zpty -r shell output '*ready*'\n"
      "zpty -w -n shell '" +
      line +
      "'$'\\t\\x18'\n"
      "zpty -r shell output '*<*>*'\n"
      "output=${output##*<}; print -r -- ${output%%>*}";
  return run_program({"zsh", "-f", "-c", script}, {{"TERM", "xterm"}}).output;
}

TEST(ZshCompletion, CompletesCommandsOptionsWordsAndSweeps) {
  if (find_program("zsh").empty()) GTEST_SKIP() << "needs zsh (Debian: zsh)";
  EXPECT_EQ(completed_by_zsh("pbn expl"), "pbn explain \n");
  EXPECT_EQ(completed_by_zsh("pbn run grid.yaml --slo"), "pbn run grid.yaml --slots \n");
  EXPECT_EQ(completed_by_zsh("pbn prepare lsp folder --encoding j"), "pbn prepare lsp folder --encoding jpeg \n");
  EXPECT_EQ(completed_by_zsh("pbn completion f"), "pbn completion fish \n");
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "store/sweeps/demo-f5c6d481");
  write_atomically(folder / "store/sweeps/demo-f5c6d481/cells.jsonl", "");
  EXPECT_EQ(completed_by_zsh("pbn status --store store demo-", folder.path().string()),
            "pbn status --store store demo-f5c6d481 \n");
}

// What fish offers for the last word, one a line, each with its description.
std::string offers_of_fish(const std::string& line, const std::string& folder = ".") {
  return run_program({"fish", "-N", "-c",
                      "cd '" + folder + "'; '" + built_program("pbn") + "' completion fish | source; complete -C '" +
                          line + "'"})
      .output;
}

TEST(FishCompletion, OffersCommandsOptionsWordsAndSweeps) {
  if (find_program("fish").empty()) GTEST_SKIP() << "needs fish (Debian: fish)";
  EXPECT_THAT(offers_of_fish("pbn expl"), StartsWith("explain\ttell why"));
  EXPECT_THAT(offers_of_fish("pbn run grid.yaml --slo"), StartsWith("--slots\t"));
  EXPECT_THAT(offers_of_fish("pbn prepare lsp folder --encoding j"), StartsWith("jpeg\t"));
  EXPECT_EQ(offers_of_fish("pbn schema "), "base\ngrid\nprofile\n");
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "store/sweeps/demo-f5c6d481");
  write_atomically(folder / "store/sweeps/demo-f5c6d481/cells.jsonl", "");
  EXPECT_EQ(offers_of_fish("pbn status --store store de", folder.path().string()), "demo\ndemo-f5c6d481\n");
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
