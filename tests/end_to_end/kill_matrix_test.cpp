// SIGKILL to a rank, to mpirun or to all of them at any moment of a run, then the same command again until the run is
// done: the outcome has the same bits as that of an undisturbed run. Each test prints the number of kills in each
// phase. PBN_KILLS sets the number of random kills.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "base/files.h"
#include "tests/end_to_end/small_training.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int ranks = 2;

constexpr const char* after_the_result = "after the result";

enum class Victim { rank, mpirun, all };
constexpr Victim victims[] = {Victim::rank, Victim::mpirun, Victim::all};

class KillMatrix : public testing::Test {
 protected:
  void SetUp() override {
    const auto start = Clock::now();
    const auto undisturbed = training_.start(ranks, "undisturbed");
    ASSERT_EQ(undisturbed->wait_for(60s), 0) << training_.output("undisturbed");
    whole_run_ = Clock::now() - start;
    outcome_ = outcome_of(training_.path("undisturbed"));
  }
  ~KillMatrix() override {
    for (const auto& [phase, count] : kills_) fmt::print("{} kills {}\n", count, phase);
  }

  // False if the process had ended before.
  bool kill_it(Process& process, const std::string& folder, Victim victim) {
    const std::string phase = phase_of(folder);
    const auto processes = training_.ranks_of(folder);
    if (process.wait_for(0ms)) return false;
    if (victim == Victim::rank && processes.empty()) victim = Victim::mpirun;  // mpirun has not started the ranks yet
    if (victim != Victim::mpirun) {
      for (const pid_t rank :
           victim == Victim::all ? processes : std::vector{processes[random_() % processes.size()]}) {
        ::kill(rank, SIGKILL);
      }
    }
    if (victim != Victim::rank) ::kill(process.id(), SIGKILL);
    const auto code = process.wait_for(30s);
    EXPECT_TRUE(code) << "the run hangs after a kill " << phase << "\n" << training_.output(folder);
    if (!code || *code == 0) return false;
    ++kills_[phase];
    kills_total_ += phase == after_the_result ? 0 : 1;  // nothing can be lost any more
    return true;
  }

  // The phase of the run, by its files.
  std::string phase_of(const std::string& folder) const {
    const fs::path run = training_.path(folder);
    if (fs::exists(run / "result.json")) return after_the_result;
    if (fs::exists(run / "predictions.h5") || has_unfinished_file(run)) return "while the result is written";
    if (has_unfinished_file(run / "ckpt")) return "while a checkpoint is written";
    if (!fs::exists(run / "activity")) return "at the start";
    const auto lines = fs::exists(run / "metrics.jsonl") ? read_json_lines(run / "metrics.jsonl") : std::vector<Json>();
    const bool validates = !lines.empty() && at_path(lines.back(), "kind") == "epoch";
    return validates ? "in a validation" : "in an epoch";
  }
  static bool has_unfinished_file(const fs::path& folder) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder, missing)) {
      if (entry.path().extension() == ".tmp") return true;
    }
    return false;
  }

  void expect_same_outcome(const std::string& folder) {
    const auto last = training_.start(ranks, folder);
    const auto code = last->wait_for(60s);
    ASSERT_EQ(code, 0) << training_.output(folder);
    EXPECT_EQ(outcome_of(training_.path(folder)), outcome_) << training_.output(folder);
    EXPECT_TRUE(training_.wait_for_end_of_ranks(folder));
    fs::remove_all(training_.path(folder));
  }

  const SmallTraining training_;
  Json outcome_;
  Clock::duration whole_run_{};
  std::mt19937 random_{20190619};
  std::map<std::string, int> kills_;
  int kills_total_ = 0;
};

// Waits for temporary files that appear in a folder.
class WritingWatcher {
 public:
  explicit WritingWatcher(const fs::path& folder) : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    fs::create_directories(folder);
    ::inotify_add_watch(descriptor_, folder.c_str(), IN_CREATE);
  }
  ~WritingWatcher() { ::close(descriptor_); }
  WritingWatcher(const WritingWatcher&) = delete;
  WritingWatcher& operator=(const WritingWatcher&) = delete;

  // True once there is a temporary file with `part` in its name.
  bool wait_for(const std::string& part, std::chrono::milliseconds patience) const {
    pollfd readable{descriptor_, POLLIN, 0};
    for (const auto end = Clock::now() + patience; Clock::now() < end;) {
      if (::poll(&readable, 1, 10) <= 0) continue;
      alignas(inotify_event) char events[4096];
      const ssize_t bytes = ::read(descriptor_, events, sizeof events);
      for (ssize_t at = 0; at < bytes;) {
        const auto* const event = reinterpret_cast<const inotify_event*>(events + at);
        const std::string name = event->len > 0 ? event->name : "";
        if (name.ends_with(".tmp") && name.find(part) != std::string::npos) return true;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    return false;
  }

 private:
  int descriptor_;
};

TEST_F(KillMatrix, WhileACheckpointIsWritten) {
  for (const Victim victim : victims) {
    for (const char* const checkpoint : {"000001-000000002", "000002-000000000", "000003-000000003"}) {
      const std::string folder = fmt::format("checkpoint-{}", kills_total_);
      const WritingWatcher watcher(fs::path(training_.path(folder)) / "ckpt");
      const auto process = training_.start(ranks, folder);
      ASSERT_TRUE(watcher.wait_for(checkpoint, 60s)) << training_.output(folder);
      EXPECT_TRUE(kill_it(*process, folder, victim));
      expect_same_outcome(folder);
    }
  }
  EXPECT_EQ(kills_total_, 9);
}

TEST_F(KillMatrix, WhileTheResultIsWritten) {
  for (const Victim victim : victims) {
    for (const char* const file : {"predictions.h5", "weights.safetensors", "result.json"}) {
      const std::string folder = fmt::format("result-{}-{}", file, static_cast<int>(victim));
      const WritingWatcher watcher(training_.path(folder));
      const auto process = training_.start(ranks, folder);
      ASSERT_TRUE(watcher.wait_for(file, 60s)) << training_.output(folder);
      kill_it(*process, folder, victim);  // the worker may have written result.json before
      expect_same_outcome(folder);
    }
  }
  EXPECT_GE(kills_total_, 6);
}

// Up to three kills of a run, each at a random moment of the length of an undisturbed run.
TEST_F(KillMatrix, AtRandom) {
  const char* const wanted = std::getenv("PBN_KILLS");
  const int kills = wanted ? std::atoi(wanted) : 210;
  const auto longest = std::chrono::duration_cast<std::chrono::microseconds>(whole_run_).count();
  for (int round = 0; kills_total_ < kills && !HasFatalFailure(); ++round) {
    const std::string folder = fmt::format("random-{}", round);
    for (int start = 0; start < 3 && kills_total_ < kills; ++start) {
      const auto process = training_.start(ranks, folder);
      std::this_thread::sleep_for(std::chrono::microseconds(random_() % static_cast<std::uint64_t>(longest)));
      if (!kill_it(*process, folder, victims[random_() % 3])) break;
    }
    expect_same_outcome(folder);
  }
  fmt::print("{} kills\n", kills_total_);
}

}  // namespace
}  // namespace pbn
