// Which rank is blamed for a standstill. Real ranks that hang, stop and die: tests/end_to_end/worker_faults_test.cpp.
#include "worker/watchdog/watchdog.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "base/error.h"
#include "tests/temporary_folder.h"

namespace pbn::worker {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Four ranks on two hosts that wait for each other in one step.
std::vector<Activity> four_ranks(std::int64_t beats) {
  const Activity rank{"", 100, beats, 7, RankPhase::training, 2, 5, 3, true};
  std::vector<Activity> all(4, rank);
  all[0].host = all[1].host = "one";
  all[2].host = all[3].host = "two";
  return all;
}

TEST(Standstill, ARankThatDoesNotBeatIsNamedWithItsHost) {
  auto before = four_ranks(1), after = four_ranks(3);
  after[2].beats = before[2].beats;
  EXPECT_THAT(describe_standstill(before, after, 60),
              AllOf(HasSubstr("no progress for 60 s"), HasSubstr("no sign of life from rank 2 on two:"),
                    HasSubstr("rank 1, process 100 on one, training: finished epoch 2, step 5, then requested 3 sums "
                              "and waits for the other ranks")));
}

TEST(Standstill, ARankThatBeatsButDoesNotWaitIsNamed) {
  auto after = four_ranks(3);
  after[1].is_waiting = false;
  EXPECT_THAT(describe_standstill(four_ranks(1), after, 60), HasSubstr("the others wait for rank 1 on one\n"));
}

TEST(Standstill, RanksThatAreBehindAreNamed) {
  auto after = four_ranks(3);
  after[3].sums = 2;
  EXPECT_THAT(describe_standstill(four_ranks(1), after, 60), HasSubstr("behind the others: rank 3 on two\n"));
}

TEST(Standstill, WhenAllWaitForTheSameSumTheNetworkIsToBlame) {
  EXPECT_THAT(describe_standstill(four_ranks(1), four_ranks(3), 60),
              HasSubstr("messages between the hosts do not arrive"));
}

// Receives the report of a watchdog.
class Report {
 public:
  void set(const std::string& text) {
    const std::lock_guard lock(mutex_);
    text_ = text;
    is_set_.notify_all();
  }
  // The report, or an empty text if there is none within this time.
  std::string await(std::chrono::milliseconds time = 2s) {
    std::unique_lock lock(mutex_);
    is_set_.wait_for(lock, time, [&] { return !text_.empty(); });
    return text_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable is_set_;
  std::string text_;
};

TEST(Watchdog, ReportsAStandstillAndNamesARankThatNeverStarted) {
  const TemporaryFolder folder;
  ActivityBoard board(folder.path(), 0, 2);
  board.enter(RankPhase::training);
  board.finished_step(1, 4);
  Report report;
  const Watchdog watchdog(board, 0.2, [&](const std::string& text) { report.set(text); });
  EXPECT_THAT(report.await(), AllOf(HasSubstr("no sign of life from rank 1"), HasSubstr("finished epoch 1, step 4")));
}

TEST(Watchdog, ReportsNothingWhileARankMakesProgress) {
  const TemporaryFolder folder;
  ActivityBoard board(folder.path(), 0, 1);
  Report report;
  const Watchdog watchdog(board, 0.3, [&](const std::string& text) { report.set(text); });
  for (int i = 0; i < 30; ++i) {
    board.made_progress();
    EXPECT_EQ(report.await(20ms), "");
  }
}

TEST(Watchdog, OnlyTheLowestLivingRankReports) {
  const TemporaryFolder folder;
  ActivityBoard first(folder.path(), 0, 2), second(folder.path(), 1, 2);
  Report of_first, of_second;
  const Watchdog one(first, 0.2, [&](const std::string& text) { of_first.set(text); });
  const Watchdog two(second, 0.2, [&](const std::string& text) { of_second.set(text); });
  EXPECT_THAT(of_first.await(), HasSubstr("no progress"));
  EXPECT_EQ(of_second.await(100ms), "");
}

TEST(ActivityBoard, RemovesItsFiles) {
  const TemporaryFolder folder;
  {
    const ActivityBoard one(folder.path(), 0, 2), two(folder.path(), 1, 2);
    EXPECT_EQ(one.read().size(), 2u);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace pbn::worker
