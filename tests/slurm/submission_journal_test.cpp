#include "orchestrator/slurm/submission_journal.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class Submissions : public ::testing::Test {
 protected:
  const TemporaryFolder folder_;
  SubmissionJournal journal_{folder_.path()};
};

TEST_F(Submissions, AreEmptyWithoutAJournal) { EXPECT_THAT(journal_.read(), IsEmpty()); }

TEST_F(Submissions, AreOpenUntilSlurmsAnswerIsRecorded) {
  journal_.intend({"study.001", "slurm/chunk-001", {{"aa"}, {"bb"}}});
  journal_.intend({"study.002", "slurm/chunk-002", {{"cc"}}});
  journal_.intend({"study.003", "slurm/chunk-003", {{"dd"}}});
  journal_.submitted("study.001", "17");
  journal_.give_up("study.002", "invalid partition");

  const auto submissions = journal_.read();
  ASSERT_EQ(submissions.size(), 3u);
  EXPECT_EQ(submissions[0].job, "17");
  EXPECT_THAT(submissions[0].elements, ElementsAre(ElementsAre("aa"), ElementsAre("bb")));
  EXPECT_FALSE(submissions[0].is_open());
  EXPECT_TRUE(submissions[1].given_up);
  EXPECT_FALSE(submissions[1].is_open());
  EXPECT_EQ(submissions[2].chunk, "slurm/chunk-003");
  EXPECT_TRUE(submissions[2].is_open());
}

TEST_F(Submissions, GiveTheNewestElementOfARun) {
  journal_.intend({"study.001", "slurm/chunk-001", {{"aa"}, {"bb"}, {"cc"}}});
  journal_.submitted("study.001", "17");
  journal_.intend({"study.002", "slurm/chunk-001", {{"bb"}}, 1});
  journal_.submitted("study.002", "18");
  journal_.intend({"study.003", "slurm/chunk-002", {{"aa"}}});
  EXPECT_THAT(journal_.submitted_runs(), ElementsAre(Pair("aa", ""), Pair("bb", "18_1"), Pair("cc", "17_2")))
      << "it is unknown whether Slurm has the newest of aa";
  journal_.give_up("study.003", "invalid partition");
  EXPECT_THAT(journal_.submitted_runs(), Contains(Pair("aa", "17_0")));
}

TEST_F(Submissions, KnowTheRunsOfAnElement) {
  journal_.intend({"study.001", "slurm/chunk-001", {{"aa", "bb"}, {"cc"}}});
  journal_.submitted("study.001", "17");
  EXPECT_THAT(journal_.read().at(0).elements, ElementsAre(ElementsAre("aa", "bb"), ElementsAre("cc")));
  EXPECT_THAT(journal_.submitted_runs(), ElementsAre(Pair("aa", "17_0"), Pair("bb", "17_0"), Pair("cc", "17_1")));
  EXPECT_THAT(read_file(folder_ / "submissions.jsonl"), HasSubstr(R"("runs":[["aa","bb"],"cc"])"))
      << "the run of an element is written as in earlier versions";
}

TEST_F(Submissions, SurviveAnIncompleteLine) {
  journal_.intend({"study.001", "slurm/chunk-001", {{"aa"}}});
  std::ofstream(folder_ / "submissions.jsonl", std::ios::app) << R"({"event": "submitted", "na)";
  journal_.submitted("study.001", "17");
  EXPECT_EQ(journal_.read().at(0).job, "17");
}

}  // namespace
}  // namespace pbn::slurm
