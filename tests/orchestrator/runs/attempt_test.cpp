#include "orchestrator/runs/attempt.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/files.h"
#include "tests/becomes_true.h"
#include "tests/temporary_folder.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Makes forked processes wait until the gate is opened.
class Gate {
 public:
  Gate() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Gate() {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }
  void open() { ::close(std::exchange(ends_[1], -1)); }
  void wait() {
    open();  // closes this process's copy
    char nothing;
    while (::read(ends_[0], &nothing, 1) > 0) continue;
  }

 private:
  int ends_[2];
};

class AttemptTest : public testing::Test {
 protected:
  std::optional<AttemptLease> begin() { return AttemptLease::take(folder_.path(), {{"executor", "local"}}, observer_); }

  // An attempt by another machine.
  fs::path begin_elsewhere(int number) {
    const fs::path attempt = folder_.path() / "attempts" / fmt::format("{:04}", number);
    fs::create_directories(attempt);
    write_json(attempt / "meta.json", {{"host", "elsewhere"}, {"boot", "other"}, {"pid", 1}, {"pid_started", 1u}});
    write_atomically(attempt / "heartbeat", "0\n");
    return attempt;
  }

  // Runs `body` in a child process that exits with its value.
  template <typename Body>
  static pid_t in_a_process(Body body) {
    const pid_t process = ::fork();
    if (process == 0) ::_exit(body());
    return process;
  }
  static int exit_code(pid_t process) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return WEXITSTATUS(status);
  }

  const TemporaryFolder folder_;
  AttemptObserver observer_;
};

TEST_F(AttemptTest, HoldsTheRunUntilItEnds) {
  auto attempt = begin();
  ASSERT_TRUE(attempt);
  EXPECT_EQ(attempt->folder(), folder_ / "attempts/0001");
  const Json meta = read_json(attempt->folder() / "meta.json");
  EXPECT_EQ(meta["pid"], ::getpid());
  EXPECT_EQ(meta["executor"], "local");
  EXPECT_TRUE(observer_.is_live(attempt->folder()));
  EXPECT_FALSE(begin());
  attempt->end(0, "finished");
  EXPECT_FALSE(observer_.is_live(attempt->folder()));
  EXPECT_EQ(read_json(attempt->folder() / "exit.json")["code"], 0);
}

TEST_F(AttemptTest, ExactlyOneOfSeveralRacingProcessesGetsTheRun) {
  constexpr int rounds = 25, racers = 4;
  for (int round = 1; round <= rounds; ++round) {
    Gate start, end;
    std::vector<pid_t> processes;
    int tried[2];
    ASSERT_EQ(::pipe(tried), 0);
    for (int racer = 0; racer < racers; ++racer) {
      processes.push_back(in_a_process([&] {
        start.wait();
        fs::remove(folder_ / "lease");  // must also work on file systems without locks
        auto attempt = begin();
        if (::write(tried[1], "", 1) != 1) return racers;
        end.wait();
        if (attempt) attempt->end(1, "the next round");
        return attempt ? 1 : 0;
      }));
    }
    start.open();
    char reported[racers];
    for (int racer = 0; racer < racers; ++racer) ASSERT_EQ(::read(tried[0], reported, 1), 1);
    end.open();
    int winners = 0;
    for (const pid_t process : processes) winners += exit_code(process);
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(newest_attempt(folder_.path()), folder_ / fmt::format("attempts/{:04}", round));
    ::close(tried[0]);
    ::close(tried[1]);
  }
}

TEST_F(AttemptTest, TheDeathOfAnOwnerOnThisMachineIsNoticedAtOnce) {
  const pid_t process = in_a_process([&] { return begin() ? 0 : 1; });
  siginfo_t ended;
  ::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOWAIT);
  EXPECT_FALSE(observer_.is_live(folder_ / "attempts/0001"));  // even while it is a zombie
  EXPECT_EQ(exit_code(process), 0);
  EXPECT_FALSE(observer_.is_live(folder_ / "attempts/0001"));
  const auto next = begin();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->number(), 2);
}

TEST_F(AttemptTest, AProcessThatReusesThePidOfADeadOwnerIsNotTheOwner) {
  const fs::path folder = begin()->folder();
  Json meta = read_json(folder / "meta.json");
  meta["pid_started"] = meta["pid_started"].get<std::uint64_t>() - 1;
  write_json(folder / "meta.json", meta);
  EXPECT_FALSE(observer_.is_live(folder));
}

TEST_F(AttemptTest, AnOwnerOnAnotherMachineIsLiveWhileItsHeartbeatChanges) {
  const fs::path attempt = begin_elsewhere(1);
  AttemptObserver observer(1s);
  for (int beat = 1; beat <= 6; ++beat) {
    write_atomically(attempt / "heartbeat", fmt::format("{}\n", beat));
    const auto jump = std::chrono::hours(beat % 2 ? 24 * 365 : -24 * 365);
    fs::last_write_time(attempt / "heartbeat", fs::file_time_type::clock::now() + jump);
    EXPECT_TRUE(observer.is_live(attempt));
    std::this_thread::sleep_for(200ms);
  }
  EXPECT_FALSE(AttemptLease::take(folder_.path(), Json::object(), observer));
  std::this_thread::sleep_for(1100ms);
  EXPECT_FALSE(observer.is_live(attempt));
  EXPECT_TRUE(observer_.is_live(attempt));  // the first look of another observer
  EXPECT_EQ(AttemptLease::take(folder_.path(), Json::object(), observer)->number(), 2);
}

TEST_F(AttemptTest, ASupersededOwnerWritesNothingMore) {
  auto attempt = begin();
  ASSERT_TRUE(attempt);
  EXPECT_FALSE(attempt->is_superseded());
  begin_elsewhere(2);
  EXPECT_TRUE(attempt->is_superseded());
  attempt->end(0, "finished");
  EXPECT_FALSE(fs::exists(attempt->folder() / "exit.json"));
}

TEST_F(AttemptTest, AWorkerThatOutlivesItsOwnerHoldsTheRun) {
  Gate end;
  const pid_t owner = in_a_process([&] {
    const auto attempt = begin();
    in_a_process([&] {
      end.wait();
      return 0;
    });
    return 0;
  });
  EXPECT_EQ(exit_code(owner), 0);
  EXPECT_FALSE(observer_.is_live(folder_ / "attempts/0001"));
  EXPECT_FALSE(begin());
  end.open();
  EXPECT_TRUE(becomes_true([&] { return begin().has_value(); }));
  EXPECT_TRUE(fs::exists(folder_ / "attempts/0002"));
}

}  // namespace
}  // namespace pbn::runs
