// docs/deciding.md: a question, a rule of seeds and a verdict, with a small program.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/json.h"
#include "base/process.h"
#include "shell.h"
#include "tests/places.h"
#include "tests/tutorial.h"

namespace pbn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Answer answer_in(const std::filesystem::path& folder, const std::string& commands) {
  return shell(fmt::format("set -e\ncd {}\n{}", folder.string(), commands));
}

// What the document's commands leave, made once; every test has a copy.
const TemporaryFolder& documents_folder() {
  static const TemporaryFolder folder{"pbn-document"};
  return folder;
}

const TutorialOutcome& documents_outcome() {
  static const TutorialOutcome outcome =
      follow(source_folder() / "docs/deciding.md", documents_folder().path(), [](const std::string& commands) {
        const Answer given = answer_in(documents_folder().path(), commands);
        return TutorialStep{given.exit_code, given.text};
      });
  return outcome;
}

class Deciding : public ::testing::Test {
 protected:
  void SetUp() override {
    if (find_program("python3").empty()) GTEST_SKIP() << "needs python3";
    ASSERT_EQ(documents_outcome().failure, "");
    copy(documents_folder().path(), folder_.path(), std::filesystem::copy_options::recursive);
  }

  Answer answer(const std::string& commands) const { return answer_in(folder_.path(), commands); }
  Json aggregate() const { return Json::parse(read_file(folder_ / "answer/aggregate.json")); }

  const TemporaryFolder folder_{"pbn-deciding"};
};

TEST_F(Deciding, TheDocumentAsksAndIsAnswered) {
  EXPECT_THAT(documents_outcome().output,
              AllOf(HasSubstr("Seeds until decided: 5 to 40 a cell"), HasSubstr("head=wide against head=plain: better"),
                    HasSubstr("head=deep against head=plain: equivalent"), HasSubstr("6 runs taken"),
                    HasSubstr("6 completed, 3 pending")));
  const Json report = aggregate();
  const Json question = report["outcome"]["question"];
  EXPECT_EQ(question["figures"][0], Json({{"figure", "error"}, {"better", "lower"}, {"margin", 1.5}}));
  EXPECT_EQ(question["alpha"], 0.05);
  EXPECT_TRUE(question["seeds"]["over"].get<bool>());
  const Json& cells = report["outcome"]["cells"];
  std::size_t most = 0;
  for (const Json& cell : cells) {
    EXPECT_GE(cell["runs"].size(), 5u);
    EXPECT_LT(cell["runs"].size(), 40u) << "decided before";
    EXPECT_FALSE(cell["spreads"]["error"].contains("low")) << "no t-interval under a rule";
    most = std::max(most, cell["runs"].size());
  }
  EXPECT_EQ(cells[0]["runs"].size(), most) << "the baseline has all seeds";
  EXPECT_THAT(read_file(folder_ / "answer/index.html"), HasSubstr("<h2>Verdict</h2>"));
}

TEST_F(Deciding, ARuleContinuesWhereItWasStopped) {
  const std::string whole = aggregate()["outcome"].dump();
  EXPECT_THAT(answer("pbn run question.yaml").text, HasSubstr("0 runs finished now"));
  EXPECT_THAT(answer("pbn status question").text,
              AllOf(HasSubstr("round "), HasSubstr(" of at most 12 ("), HasSubstr("the last: pbn report says")));
  // A run of the last round is lost: its seed comes again, and so does the same answer.
  ASSERT_EQ(answer("rm -r $(find runs -name result.json -newer noisy.py | sort | tail -1 | xargs dirname)").exit_code,
            0);
  const Answer missing = answer("pbn report question.yaml --out answer");
  EXPECT_EQ(missing.exit_code, 0) << missing.text;
  EXPECT_THAT(answer("pbn status question").text, HasSubstr(" of at most 40 seeds); not decided yet: head="));
  const Json rounds = Json::parse(answer("pbn status question.yaml --json").text)["rounds"];
  EXPECT_EQ(rounds["most_rounds"], 12);
  EXPECT_EQ(rounds["over"], false);
  EXPECT_FALSE(rounds["undecided"].empty());
  const Answer again = answer("pbn run question.yaml && pbn report question.yaml --out answer");
  EXPECT_EQ(again.exit_code, 0) << again.text;
  EXPECT_EQ(aggregate()["outcome"].dump(), whole);
}

TEST_F(Deciding, ARunThatFailsIsRepeatedAndNeverLeftOut) {
  const std::string whole = aggregate()["outcome"].dump();
  // The same study with a program that fails once for a seed.
  const std::string failing = "import os, sys\nif not os.path.exists('failed'):\n  open('failed', 'w'); sys.exit(1)\n";
  write_atomically(folder_ / "noisy.py", failing + read_file(folder_ / "noisy.py"));
  const Answer stopped = answer("rm -r runs; pbn run question.yaml --retries 0 --slots 1 || echo code $?");
  EXPECT_THAT(stopped.text, AllOf(HasSubstr("code 1"), Not(HasSubstr("round 2"))));
  const Answer again = answer("pbn run question.yaml && pbn report question.yaml --out answer");
  EXPECT_EQ(again.exit_code, 0) << again.text;
  EXPECT_EQ(aggregate()["outcome"].dump(), whole);
}

TEST_F(Deciding, AFixedNumberOfSeedsReplacesTheRule) {
  const Answer fixed = answer("pbn report question.yaml --seeds 1..3 --out answer");
  EXPECT_EQ(fixed.exit_code, 0) << fixed.text;
  EXPECT_FALSE(aggregate()["outcome"]["question"].contains("seeds"));
  EXPECT_THAT(fixed.text, HasSubstr("undecided"));
  EXPECT_THAT(fixed.text, Not(HasSubstr("were added")));
}

TEST_F(Deciding, OnlySelectsASmallerQuestionOrNoneAtAll) {
  const Answer two = answer("pbn plan question.yaml --only settings.head=plain,wide");
  EXPECT_THAT(two.text, AllOf(HasSubstr("2 cells"), Not(HasSubstr("nothing is compared"))));
  const Answer alone = answer("pbn run question.yaml --only settings.head=wide");
  EXPECT_EQ(alone.exit_code, 0) << alone.text;
  EXPECT_THAT(alone.text,
              AllOf(HasSubstr("--only selects no baseline, so that nothing is compared: each cell gets the 5 "
                              "seeds that the rule begins with"),
                    HasSubstr("0 runs finished now, 5 were done before")));
  EXPECT_THAT(answer("pbn plan question.yaml --only settings.head=plain").text, HasSubstr("selects baselines alone"));
}

TEST_F(Deciding, SeedsThatWereAddedAfterALookAreToldAsThat) {
  const Answer first = answer("pbn report question.yaml --seeds 1..3");
  EXPECT_EQ(first.exit_code, 0) << first.text;
  const Answer added = answer("pbn report question.yaml --seeds 1..5");
  EXPECT_THAT(added.text, HasSubstr("Seeds were added after a report with 3 seeds (question-"));
}

}  // namespace
}  // namespace pbn
