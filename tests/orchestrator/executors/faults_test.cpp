// The guarantees of pbn run when processes die: exactly one result per run, nothing lost, no completed run repeated,
// and the same report as without faults. Real processes are killed; each test prints how many. PBN_FAULT_ROUNDS repeats
// the tests.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <thread>

#include "base/files.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/places.h"

namespace pbn::executors {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int seeds = 6;
constexpr const char* settings = "{steps: 12, milliseconds: 6}";
constexpr const char* cells = "[{settings.kind: [a, b]}]";
const std::vector<std::string> patient{"--slots", "2", "--retries", "1000"};

int rounds() {
  const char* given = std::getenv("PBN_FAULT_ROUNDS");
  return given ? std::atoi(given) : 1;
}

class Faults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const CountingSweep sweep(settings, seeds, cells);
    ASSERT_EQ(sweep.run(patient).code, 0);
    sweep.expect_each_run_once();
    faultless_ = sweep.reported_outcome();
    ASSERT_NE(faultless_.find("\"value\""), std::string::npos);
  }

  void expect_faultless_outcome(const CountingSweep& sweep) const {
    const CommandOutcome last = sweep.run(patient);
    EXPECT_EQ(last.code, 0) << last.output;
    sweep.expect_each_run_once();
    EXPECT_EQ(sweep.reported_outcome(), faultless_);
  }

  void count_kill(bool was_killed) { kills_ += was_killed; }
  void TearDown() override {
    RecordProperty("kills", kills_);
    fmt::print("{} kills\n", kills_);
  }

  int between(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  void rest(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

  std::mt19937 random_{20190619};
  int kills_ = 0;
  static std::string faultless_;
};
std::string Faults::faultless_;

// Kills a process that is still running. False if it had ended before.
bool kill_running(Process& process) {
  if (process.wait_for(0ms)) return false;
  process.signal(SIGKILL);
  return process.wait() == 128 + SIGKILL;
}

// Reads the command line, which is empty for zombies.
bool is_worker(pid_t process) {
  std::string program;
  std::getline(std::ifstream(fmt::format("/proc/{}/cmdline", process)), program, '\0');
  return program.ends_with("counting_worker");
}

// Workers die a moment after their pbn.
void wait_for_end_of_workers(const CountingSweep& sweep) {
  for (const auto& entry : sweep.diary()) {
    while (is_worker(entry.process)) std::this_thread::sleep_for(1ms);
  }
}

// Kills one of the newest workers. False if it had ended before.
bool kill_a_worker(const CountingSweep& sweep, std::mt19937& random) {
  const auto diary = sweep.diary();
  if (diary.empty()) return false;
  const std::size_t newest = std::min<std::size_t>(diary.size(), 4);
  const pid_t victim = diary[diary.size() - 1 - random() % newest].process;
  return is_worker(victim) && ::kill(victim, SIGKILL) == 0;
}

TEST_F(Faults, PbnIsKilledAtEveryMoment) {
  // From pbn's start until after its first results, in steps shorter than the duration of any state.
  constexpr int step = 1'300, last = 130'000, moments = last / step;
  for (int moment = 0; moment < rounds() * moments;) {
    const CountingSweep sweep(settings, seeds, cells);
    while (sweep.finished() < 2 * seeds && moment < rounds() * moments) {
      Process pbn(sweep.start(patient));
      std::this_thread::sleep_for(std::chrono::microseconds(moment++ % moments * step));
      count_kill(kill_running(pbn));
    }
    expect_faultless_outcome(sweep);
  }
}

TEST_F(Faults, WorkersAreKilledAtRandom) {
  for (int round = 0; round < rounds(); ++round) {
    const CountingSweep sweep(settings, seeds, cells);
    Process pbn(sweep.start(patient));
    for (int tries = 0; tries < 400 && !pbn.wait_for(0ms); ++tries) {
      rest(between(0, 12));
      if (kills_ < 60 * (round + 1)) count_kill(kill_a_worker(sweep, random_));
    }
    EXPECT_EQ(pbn.wait(), 0) << read_file(sweep.output());
    expect_faultless_outcome(sweep);
  }
}

TEST_F(Faults, TwoProcessesOnOneGridAreKilledInTurn) {
  for (int round = 0; round < rounds(); ++round) {
    const CountingSweep sweep(settings, seeds, cells);
    std::unique_ptr<Process> processes[2];
    for (int turn = 0; turn < 40; ++turn) {
      auto& process = processes[turn % 2];
      if (process) count_kill(kill_running(*process));
      process = std::make_unique<Process>(sweep.start(patient));
      rest(between(0, 60));
    }
    for (auto& process : processes) EXPECT_EQ(process->wait(), 0) << read_file(sweep.output());
    expect_faultless_outcome(sweep);
  }
}

// A file system of one megabyte that a test can fill.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    is_mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  void fill() const {
    std::ofstream filler(folder_ / "filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  void free() const { fs::remove(folder_ / "filler"); }

 private:
  fs::path folder_;
  bool is_mounted_ = false;
};

TEST_F(Faults, TheDiskIsFullForAWhile) {
  const CountingSweep sweep(settings, seeds, cells);
  const SmallDisk disk(sweep.store());
  if (!disk.is_mounted()) GTEST_SKIP() << "needs the right to mount a small tmpfs";
  int times = 0;
  for (; times < 50 * rounds() && sweep.finished() < 2 * seeds; ++times) {
    Process pbn(sweep.start(patient));
    rest(between(2, 80));
    disk.fill();
    rest(between(2, 80));
    disk.free();
    if (pbn.wait_for(std::chrono::milliseconds(between(0, 100)))) continue;
    pbn.signal(SIGINT);
    pbn.wait();
  }
  fmt::print("full {} times\n", times);
  EXPECT_GT(times, 2);
  expect_faultless_outcome(sweep);
}

// The modification times of heartbeats must not matter.
TEST_F(Faults, ClocksJump) {
  const CountingSweep sweep(settings, seeds, cells);
  Process first(sweep.start(patient)), second(sweep.start(patient));
  while (!first.wait_for(3ms)) {
    std::error_code gone;
    for (const std::string& run : sweep.runs()) {
      const fs::path heartbeat = sweep.folder(run) / "attempts/0001/heartbeat";
      const auto jump = std::chrono::hours(24 * between(-4000, 4000));
      fs::last_write_time(heartbeat, fs::file_time_type::clock::now() + jump, gone);
    }
  }
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(sweep.count("begin"), 2 * seeds);
  expect_faultless_outcome(sweep);
}

TEST_F(Faults, FilesAreTornAsByAPowerFailure) {
  const CountingSweep sweep(settings, seeds, cells);
  for (int turn = 0; turn < 25; ++turn) {
    Process pbn(sweep.start(patient));
    rest(between(10, 80));
    count_kill(kill_running(pbn));
    wait_for_end_of_workers(sweep);
    for (const std::string& run : sweep.runs()) {
      const fs::path folder = sweep.folder(run);
      if (!fs::exists(folder / "attempts")) continue;  // not started
      if (!fs::exists(folder / "result.json")) std::ofstream(folder / "config.json").put('{');
      std::ofstream(folder / "metrics.jsonl", std::ios::app) << "{\"kind\": \"progr";
      for (const auto& attempt : fs::directory_iterator(folder / "attempts")) {
        std::ofstream(attempt.path() / (between(0, 1) ? "meta.json" : "exit.json"));  // empty
      }
    }
  }
  expect_faultless_outcome(sweep);
}

TEST_F(Faults, ProcessesAreKilledAndRestartedAtRandomUntilTheGridIsDone) {
  while (kills_ < 60 * rounds()) {
    const CountingSweep sweep(settings, seeds, cells);
    std::unique_ptr<Process> processes[3];
    while (sweep.finished() < 2 * seeds) {
      auto& process = processes[between(0, 2)];
      switch (between(0, 5)) {
        case 0:
          count_kill(kill_a_worker(sweep, random_));
          break;
        case 1:
          if (process && between(0, 1)) count_kill(kill_running(*process));
          process.reset();
          break;
        case 2:
          if (process) process->signal(between(0, 1) ? SIGINT : SIGUSR2);
          break;
        default:
          if (!process || process->wait_for(0ms)) process = std::make_unique<Process>(sweep.start(patient));
          break;
      }
      rest(between(0, 25));
    }
    expect_faultless_outcome(sweep);
  }
}

// A script that keeps no state, whose files are part of its runs, with as many seeds as it takes.
class ScriptUnderARule {
 public:
  ScriptUnderARule() {
    write_atomically(folder_ / "work.sh",
                     "echo begun >> \"$1/starts\"; sleep 0.01\n"
                     "echo \"{\\\"error\\\": $(( ($2 * 7 + $3 * $2) % 11 + $3 ))}\" > \"$1/out.json\"\n");
    write_atomically(folder_ / "question.yaml",
                     "worker: {script: \"sh work.sh {run} {seed} {offset}\", files: [work.sh]}\n"
                     "result: {file: out.json}\ncells: [{settings.offset: [0, 9, 1]}]\nbaseline: {settings.offset: 0}\n"
                     "seeds: {until: decided, least: 3, most: 12}\nmetric: {name: error, better: lower}\n");
  }

  Process start(const std::string& command) const {
    return Process({.command = {built_program("pbn"), command, (folder_ / "question.yaml").string(), "--store",
                                (folder_ / "store").string(), "--quiet"},
                    .output = output()});
  }
  fs::path output() const { return folder_ / "output"; }
  std::string reported_outcome() const {
    EXPECT_EQ(start("report").wait(), 0) << read_file(output());
    for (const auto& sweep : fs::directory_iterator(folder_ / "store/sweeps")) {
      const fs::path report = sweep.path() / "report/aggregate.json";
      if (fs::exists(report)) return read_json(report).at("outcome").dump();
    }
    return "no report";
  }

 private:
  const TemporaryFolder folder_;
};

TEST_F(Faults, PbnIsKilledAtRandomInTheRoundsOfAScript) {
  const ScriptUnderARule whole;
  ASSERT_EQ(whole.start("run").wait(), 0) << read_file(whole.output());
  const std::string outcome = whole.reported_outcome();
  ASSERT_NE(outcome.find("\"over\":true"), std::string::npos) << outcome;
  while (kills_ < 30 * rounds()) {
    const ScriptUnderARule killed;
    for (bool is_done = false; !is_done;) {
      Process pbn = killed.start("run");
      rest(between(0, 150));
      is_done = pbn.wait_for(0ms) == 0;
      if (!is_done) count_kill(kill_running(pbn));
      if (kills_ > 30 * rounds()) break;
    }
    ASSERT_EQ(killed.start("run").wait(), 0) << read_file(killed.output());
    EXPECT_EQ(killed.reported_outcome(), outcome);
  }
}

}  // namespace
}  // namespace pbn::executors
