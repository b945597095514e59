// Runs the commands in the text of docs/tutorials/.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"
#include "shell.h"
#include "tests/places.h"
#include "tests/python.h"
#include "tests/tutorial.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Tutorial : public ::testing::Test {
 protected:
  TutorialOutcome followed(const std::string& name, const std::string& before = "") const {
    return follow(source_folder() / "docs" / name, folder_.path(), [&](const std::string& commands) {
      const Answer answer = shell(fmt::format("set -e\ncd {}\n{}\n{}", folder_.path().string(), before, commands));
      return TutorialStep{answer.exit_code, answer.text};
    });
  }
  bool is_there(const std::string& file) const { return fs::exists(folder_ / file); }

  const TemporaryFolder folder_{"pbn-tutorial"};
};

TEST_F(Tutorial, FirstExperiment) {
  const TutorialOutcome outcome = followed("tutorials/first-experiment.md");
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("stopped with exit code"), HasSubstr("plain"), HasSubstr("pbn")));
  EXPECT_TRUE(is_there("people.png") && is_there("report/index.html") && is_there("report-mirrored/index.html"));
  ASSERT_EQ(followed("reading-the-report.md").failure, "") << "it continues the first experiment";
  EXPECT_TRUE(is_there("my-report/index.html"));
}

// Its table is the one that its commands print.
TEST_F(Tutorial, Readme) {
  const TutorialOutcome outcome = followed("../README.md");
  ASSERT_EQ(outcome.failure, "");
  for (const TutorialBlock& block : blocks_of(source_folder() / "README.md")) {
    if (block.language == "text") {
      EXPECT_THAT(outcome.output, HasSubstr(block.text));
    }
  }
}

TEST_F(Tutorial, OwnData) {
  const std::string python = python_with("h5py");
  if (python.empty()) GTEST_SKIP() << "needs Python with h5py (Debian: python3-h5py)";
  const TutorialOutcome outcome = followed("tutorials/own-data.md", fmt::format("python3() {{ {} \"$@\"; }}", python));
  ASSERT_EQ(outcome.failure, "");
  EXPECT_TRUE(is_there("views.png") && is_there("report/index.html"));
}

TEST_F(Tutorial, AnyAnimal) {
  const TutorialOutcome outcome = followed("tutorials/any-animal.md");
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("skeleton lizard8: 8 parts, 2 mirror pairs, 7 limbs"),
                                    HasSubstr("Related parts of 240 people"), HasSubstr("root-of-tail")));
  EXPECT_TRUE(is_there("lizards.png") && is_there("groups.svg"));
  const std::string page = read_file(folder_ / "report/report.md");
  EXPECT_THAT(page, AllOf(HasSubstr("PCK@0.1"), HasSubstr("snout"), HasSubstr("front-foot")));
}

// The patch in its text applies to the code; own_network_test.cpp builds and trains it.
TEST_F(Tutorial, OwnNetworkFitsTheCodeAsItIs) {
  const auto blocks = blocks_of(source_folder() / "docs/tutorials/own-network.md");
  const auto patch = std::find_if(blocks.begin(), blocks.end(),
                                  [](const TutorialBlock& block) { return block.file == "shortcut.diff"; });
  ASSERT_NE(patch, blocks.end());
  write_atomically(folder_ / "shortcut.diff", patch->text);
  const Answer answer = shell(
      fmt::format("cd '{}' && git apply --check {}", source_folder().string(), (folder_ / "shortcut.diff").string()));
  EXPECT_EQ(answer.exit_code, 0) << answer.text;
}

}  // namespace
}  // namespace pbn
